// Loads a plugin library in a process of its own first: one that crashes while it is loaded,
// because it is damaged or for faults of its own, crashes that process and not the gateway. Control
// thread.
#pragma once

#include <filesystem>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gomodel::plugin {

// Runs `<program> plugins check <file>`. kInvalid iff that died of a signal, kTimeout iff it did
// not end in time; whatever else it finds wrong, loading will find as well.
base::Status try_in_process(const std::filesystem::path& program, const std::filesystem::path& file,
                            base::Duration limit);

}  // namespace gomodel::plugin
