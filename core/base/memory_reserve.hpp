// Memory kept back for the moment the process cannot get more (ulimit -v, a system without
// overcommit): the allocation that fails first gets the reserve to live on, so that requests in
// progress can end and new ones be refused in an orderly way. Any thread.
#pragma once

#include <cstddef>

namespace gomodel::base {

// Keeps `bytes` back from now on. For the whole process, as operator new is: called once, by main.
void keep_memory_back(std::size_t bytes);

// True iff the reserve had to be given away and cannot be taken back yet: what is not needed to
// finish what has begun should be refused. One atomic read while there is enough.
bool short_of_memory();

}  // namespace gomodel::base
