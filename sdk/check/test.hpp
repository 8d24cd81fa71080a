// What one test of plugin-check is: a function, a name and a sentence. A test that returns has
// passed; it ends otherwise by calling fail(), skip() or warn(). Single-threaded: each test has a
// process of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gomodel::check {

class Subject;

enum class Status { kPass, kFail, kCrash, kSkip, kWarn };
std::string_view name_of(Status status);

struct Result {
    Status status = Status::kPass;
    std::string message;
};

// How far one must trust a module to run a test on it. A gate that does not pass closes its level
// and all above: those tests are skipped instead of failing for the same reason once more.
enum class Level {
    kFile,       // the file, read but not loaded
    kLoaded,     // gm_module_v1 can be read
    kDescribed,  // the plugins' descriptors can be read
    kSchema,     // the plugin's schema can be used
    kInstance,   // an instance can be made
    kNone,
};

struct Test {
    const char* name;   // kebab-case, unique
    const char* about;  // one sentence
    void (*run)(Subject& subject);
    Level needs;
    Level gates = Level::kNone;  // the level that opens only if this test passes
};

[[noreturn]] void fail(std::string message);
[[noreturn]] void skip(std::string reason);
[[noreturn]] void warn(std::string message);

// Fails with `message` unless `good`.
inline void expect(bool good, std::string_view message) {
    if (!good) fail(std::string(message));
}

// True in a build with AddressSanitizer or ThreadSanitizer, where time and maps mean little.
bool sanitized();

}  // namespace gomodel::check
