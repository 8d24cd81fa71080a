// The tests there are, as explicit lists. An interface gets its tests by a file of its own and one
// line in suites.cpp.
#pragma once

#include <span>
#include <string_view>

#include "test.hpp"

namespace gomodel::check {

// Run once a module.
std::span<const Test> module_tests();

// Run for each plugin in a module.
std::span<const Test> config_tests();
std::span<const Test> cache_tests();
std::span<const Test> provider_tests();
std::span<const Test> storage_tests();
std::span<const Test> guardrail_tests();

// The tests of the plugins that speak `interface`; none for one that has no tests yet.
std::span<const Test> interface_tests(std::string_view interface);

// True iff there is a test of that name.
bool is_test(std::string_view name);

}  // namespace gomodel::check
