// Reads the whole configuration: defaults, then config.yaml, then the environment with `.env` below
// it. Called once at start and again for every reload, on the control thread. Never throws for what
// it reads, never prints: everything found wrong is in the result.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/document.hpp"
#include "config/environment.hpp"
#include "config/origin.hpp"
#include "config/problem.hpp"
#include "config/settings.hpp"

namespace gomodel::config {

struct LoadOptions {
    // --config. Empty: config/config.yaml, else config.yaml, else none, below `directory`.
    std::optional<std::filesystem::path> file;
    std::filesystem::path directory = ".";  // where `.env` and relative paths are looked for
    Environment environment;                // usually Environment::of_process()
};

struct Loaded {
    Settings settings;  // not to be used when problems.fatal()
    Problems problems;
    Environment environment;  // as given, with `.env` below; discover() wants it too
    Document document;        // empty when no file was found
    Origins origins;          // of the settings that are not defaults

    // Where a key path was set: "config.yaml:42", "PORT", "PORT in .env:3". For a path the file
    // does not have, such as a required option, its nearest ancestor; empty for a default.
    std::string where(std::string_view path) const;
    // The same for an option of a provider, such as "base_url" or "tls.ca_file".
    std::string where(const ProviderInstance& provider, std::string_view option) const;
};

Loaded load(const LoadOptions& options);

// Loads from text, as `file` would be: for tests, fuzzing and checks of a file not yet in place.
// No `.env` is read; a fallback rules file is, relative to `directory`.
Loaded load_text(std::string_view yaml, std::string file, const Environment& environment,
                 const std::filesystem::path& directory = ".");

}  // namespace gomodel::config
