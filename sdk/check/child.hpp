// A function run in a process of its own.
#pragma once

#include <chrono>
#include <functional>

#include "test.hpp"

namespace gomodel::check {

// Runs `body` in a child and returns what it threw as a Result, kPass with what it returned, or
// kCrash when the child died or did not end within `timeout`.
Result run_in_child(const std::function<std::string()>& body, std::chrono::seconds timeout);

// The same without the child: for a debugger.
Result run_here(const std::function<std::string()>& body);

}  // namespace gomodel::check
