// gomodel/abi.h - the whole contract between the gateway (the "host") and a plugin.
//
// Pure C11. No allocation, no exception and no C++ type ever crosses this line.
//
//   1. Views are borrowed. A gm_str_t is valid until the call it was passed to returns.
//   2. Results are pushed. A plugin hands bytes back by calling a host sink, which copies them;
//      nothing returned by one side is freed by the other.
//   3. Handles die where they were born: every open/create has its close/destroy on the same side.
//   4. A struct that may grow starts with `size`. Fields are only appended. Test with GM_HAS
//      before use.
//   5. A change that cannot be appended is a new interface id ("gomodel.cache/2"), never a new
//      meaning for an old one.
//
// Threads, named on every function:
//   [control]      the host's one control thread; calls into one module are serialised.
//   [worker]       any worker thread, concurrently on the same object. May block until
//                  gm_call.deadline_ns.
//   [thread-safe]  any thread, concurrently on the same object. Must not block.
//   [stream]       one call at a time per object; the OS thread may change between calls. Must not
//                  block.
//
// The rules in full, with their reasons: sdk/docs/ABI.md.
#ifndef GM_ABI_H_
#define GM_ABI_H_

#include "abi/base.h"
#include "abi/cache.h"
#include "abi/call.h"
#include "abi/guardrail.h"
#include "abi/host.h"
#include "abi/module.h"
#include "abi/provider.h"
#include "abi/services.h"
#include "abi/storage.h"
#include "abi/vector_store.h"

#endif  // GM_ABI_H_
