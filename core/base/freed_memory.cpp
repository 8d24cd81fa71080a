#include "base/freed_memory.hpp"

#include <malloc.h>

namespace gomodel::base {

void keep_freed_memory() {
#ifdef M_TRIM_THRESHOLD
    ::mallopt(M_TRIM_THRESHOLD, 16 << 20);
    ::mallopt(M_MMAP_THRESHOLD, 8 << 20);
#endif
}

}  // namespace gomodel::base
