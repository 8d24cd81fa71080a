// What happens to memory that was freed. For the whole process: called once, by main, before there
// are threads.
#pragma once

namespace gomodel::base {

// Keeps up to 16 MiB of it for each of the allocator's arenas, and blocks of less than 8 MiB in
// them. glibc gives back more than that: of bodies that come again and again the system would take
// and clear the same pages for each. Without effect with another allocator.
void keep_freed_memory();

}  // namespace gomodel::base
