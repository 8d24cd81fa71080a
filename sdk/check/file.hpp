// Whole files as strings.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace gomodel::check {

// Both throw std::runtime_error that names the file.
std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace gomodel::check
