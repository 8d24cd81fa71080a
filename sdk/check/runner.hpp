// Runs tests, each in a child process with a time limit, so that a crash is a result like any
// other. Single-threaded.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "options.hpp"
#include "test.hpp"

namespace gomodel::check {

struct Line {
    std::string test;
    std::string plugin;  // id; empty: about the module
    Result result;
    std::chrono::milliseconds took{0};
};

// Called with each result as it comes.
using OnLine = std::function<void(const Line&)>;

// Runs what the options select. The result is false iff a test failed or crashed.
bool run_all(const Options& options, const OnLine& on_line);

}  // namespace gomodel::check
