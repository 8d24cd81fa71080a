// What plugin-check prints: a line a test, or one JSON document.
#pragma once

#include <string>
#include <vector>

#include "runner.hpp"

namespace gomodel::check {

void print_list();
void print_line(const Line& line);
void print_summary(const std::vector<Line>& lines);

// {"module":"…","ok":true,"tests":[{"test","plugin","status","message","milliseconds"}]}
void print_json(const std::string& module, bool ok, const std::vector<Line>& lines);

}  // namespace gomodel::check
