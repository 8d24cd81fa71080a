// Uses an instance a little, whatever its interface, for the tests about what an instance leaves
// behind and what it says.
#pragma once

#include <string>
#include <vector>

#include "subject.hpp"

namespace gomodel::check {

// Everything the instance said: explanations and outputs. Empty for an interface without tests.
std::vector<std::string> probe(Subject& subject, const Instance& instance);

}  // namespace gomodel::check
