// config.yaml, and the same bytes as a .env file. Promises: whatever the file holds, the loader
// returns; each fault names the file and a line that the file has; a file that cannot be used says
// so; no message shows the value of a variable, which may be a secret; and loading twice finds the
// same.

#include <algorithm>

#include "base/text.hpp"
#include "config/effective.hpp"
#include "config/loader.hpp"
#include "support/promise.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using config::Environment;
using config::Loaded;
using config::Problem;
using config::Problems;

constexpr std::string_view kFile = "config.yaml";
constexpr std::string_view kSecret = "c4n4ry-0f-4-s3cr3t";

Environment environment() {
    return Environment({{"SECRET", std::string(kSecret)}, {"EMPTY", ""}, {"NUMBER", "8081"}});
}

// `place`: "config.yaml" or "config.yaml:12".
bool is_place_in(std::string_view place, std::string_view file, std::size_t lines) {
    if (!place.starts_with(file)) return false;
    place.remove_prefix(file.size());
    if (place.empty()) return true;
    const auto line = base::parse_decimal(place.substr(1));
    return place.starts_with(':') && line.has_value() && *line >= 1 && *line <= lines;
}

void check_problems(const Problems& problems, std::string_view file, std::string_view text) {
    const auto breaks = static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }));
    bool error = false;
    for (const Problem& problem : problems.all()) {
        const std::string shown = to_string(problem);
        require(!problem.message.empty(), "a fault says what is wrong", shown);
        require(is_place_in(problem.where, file, breaks + 1) || problem.where == "environment",
                "a fault names a line that the file has", shown);
        require(problem.message.find(kSecret) == std::string::npos,
                "no message shows the value of a variable", shown);
        error = error || problem.severity == config::Severity::kError;
    }
    require(error == problems.fatal(), "what is not to be used says why");
}

std::string listed(const Problems& problems) {
    std::string list;
    for (const Problem& problem : problems.all())
        list += to_string(problem) + "\n";
    return list;
}

void check_yaml(std::string_view text) {
    const Loaded loaded = load_text(text, std::string(kFile), environment(), "/nonexistent");
    check_problems(loaded.problems, kFile, text);
    const Loaded again = load_text(text, std::string(kFile), environment(), "/nonexistent");
    require_equal(listed(again.problems), listed(loaded.problems), "loading again finds the same");
    const auto shown = effective_values(loaded, loaded.settings.providers);
    require(!shown.empty() && !print_effective(shown).empty(), "what was loaded can be shown");
    for (const config::EffectiveValue& value : shown) {
        if (loaded.origins.find(value.key) == loaded.origins.end()) continue;
        require(!loaded.where(value.key).empty(), "a setting knows where it comes from", value.key);
    }
}

void check_dotenv(std::string_view text) {
    Problems problems;
    const Environment given = environment();
    const Environment extended = given.with_dotenv(text, ".env", problems);
    check_problems(problems, ".env", text);
    require(!problems.fatal(), "a .env file is never a reason not to start");
    for (const auto& [name, variable] : given.all()) {
        const auto found = extended.all().find(name);
        require(found != extended.all().end() && found->second.value == variable.value,
                "a variable of the process wins", name);
    }
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = gomodel::fuzz::as_text(data, size);
    gomodel::fuzz::check_yaml(text);
    gomodel::fuzz::check_dotenv(text);
    return 0;
}
