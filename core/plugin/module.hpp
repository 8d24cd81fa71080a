// One loaded plugin library. The operator's file is never mapped: it is read once, checked, copied
// under a name of its own and loaded from there, so that replacing or overwriting the file cannot
// touch what runs. Control thread only, except for reading the descriptor.
#pragma once

#include <gomodel/abi.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace boost::dll {
class shared_library;
}

namespace gomodel::plugin {

struct LoadOptions {
    std::filesystem::path
        run_dir;          // where private copies are made; empty: the system's temp folder
    std::string sha256;   // 64 hex digits the file must have; empty: any
    bool unload = false;  // dlclose when the last user is gone; false: stay mapped
    // The gateway's own program: loads the library in a process of its own first. Empty: not.
    std::filesystem::path trial_program = {};
    base::Duration trial_limit = std::chrono::seconds(10);
};

class Module {
public:
    // Loads and checks a library. Errors (kInvalid, kUnavailable) name the file, what is wrong,
    // both versions where versions are, and what to do. One of `loaded` that came from the same
    // file with the same bytes is returned instead of being loaded again.
    static base::Result<std::shared_ptr<const Module>> load(
        const std::filesystem::path& file, const LoadOptions& options,
        std::span<const std::shared_ptr<const Module>> loaded = {});
    ~Module();
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    const gm_module_t& descriptor() const { return *descriptor_; }
    const std::filesystem::path& file() const { return file_; }
    const std::string& sha256() const { return sha256_; }

private:
    Module(std::filesystem::path file, std::string sha256);
    base::Status open(std::string_view bytes, const LoadOptions& options);
    base::Status open_copy(const std::filesystem::path& copy, const LoadOptions& options);
    base::Status shake_hands();
    base::Error refuse(const std::string& why) const;

    const std::filesystem::path file_;
    const std::string sha256_;
    std::unique_ptr<boost::dll::shared_library> library_;
    const gm_module_t* descriptor_ = nullptr;
    bool initialised_ = false;
};

// The digest of a file's bytes, 64 hex digits. Errors name the file.
base::Result<std::string> file_sha256(const std::filesystem::path& file);

// The files in a folder whose name ends in .so, in order of their names. Empty if it cannot be
// read; `failure` says why, unless it is null.
std::vector<std::filesystem::path> shared_objects(const std::filesystem::path& folder,
                                                  std::error_code* failure = nullptr);

// The plugin libraries in these folders, in order of their names: files that end in .so and export
// GM_MODULE_SYMBOL. Reads their symbol tables and loads nothing. A folder that does not exist is
// skipped. `problems` gets files that cannot be read.
std::vector<std::filesystem::path> scan(const std::vector<std::filesystem::path>& folders,
                                        std::vector<std::string>* problems);

}  // namespace gomodel::plugin
