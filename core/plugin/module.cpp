#include "plugin/module.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <vector>  // which Boost 1.74's library_info.hpp forgets
// clang-format off
#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
// clang-format on

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "base/sha256.hpp"
#include "plugin/file_bytes.hpp"
#include "plugin/trial.hpp"

namespace gomodel::plugin {
namespace {

namespace fs = std::filesystem;

base::Error invalid(const fs::path& file, const std::string& why) {
    return base::Error{base::Code::kInvalid, file.string() + ": " + why};
}

// Closes the descriptor. False: errno says why.
bool write_and_close(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ::ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::close(fd) == 0 && bytes.empty();
}

// The file's bytes in a new file that only this user can open. Never one that is there already: in
// a folder that others write to, what they put there must not become what is loaded, nor must a
// link of theirs be followed. The name is one that no other copy of this or another process has,
// even after it is gone: dlopen() knows files by name, too.
base::Result<fs::path> write_private_copy(const fs::path& run_dir, const fs::path& file,
                                          std::string_view bytes) {
    static std::atomic<unsigned> next{1};
    const fs::path folder = run_dir.empty() ? fs::temp_directory_path() : run_dir;
    std::error_code ignored;
    fs::create_directories(folder, ignored);
    const std::string suffix = "-" + file.filename().string();
    std::string name = (folder / ("gomodel-" + std::to_string(::getpid()) + "-" +
                                  std::to_string(next++) + "-XXXXXX" + suffix))
                           .string();
    const int fd = ::mkostemps(name.data(), static_cast<int>(suffix.size()), O_CLOEXEC);
    if (fd >= 0 && write_and_close(fd, bytes)) return fs::path(name);
    const std::string why = std::generic_category().message(errno);
    if (fd >= 0) fs::remove(name, ignored);
    return invalid(file, "cannot write the private copy of a plugin to " + folder.string() +
                             " (plugins.run_dir): " + why);
}

std::string version(std::uint32_t major, std::uint32_t minor) {
    return std::to_string(major) + "." + std::to_string(minor);
}

}  // namespace

Module::Module(fs::path file, std::string sha256)
    : file_(std::move(file)), sha256_(std::move(sha256)) {}

base::Result<std::shared_ptr<const Module>> Module::load(
    const fs::path& file, const LoadOptions& options,
    std::span<const std::shared_ptr<const Module>> loaded) {
    const base::Result<FileBytes> bytes = FileBytes::read(file);
    if (!bytes.ok()) return bytes.error();
    std::string sha256 = base::sha256_hex(bytes->view());
    if (!options.sha256.empty() && options.sha256 != sha256) {
        return invalid(file, "sha256 is " + sha256 + " but plugins.sha256 asks for " +
                                 options.sha256 +
                                 "; restore the file or pin the new one after checking it");
    }
    for (const std::shared_ptr<const Module>& module : loaded) {
        if (module->file() == file && module->sha256() == sha256) return module;
    }
    const std::shared_ptr<Module> module(new Module(file, std::move(sha256)));
    if (base::Status status = module->open(bytes->view(), options); !status.ok())
        return status.error();
    if (base::Status status = module->shake_hands(); !status.ok()) return status.error();
    return std::shared_ptr<const Module>(module);
}

base::Status Module::open(std::string_view bytes, const LoadOptions& options) {
    const base::Result<fs::path> written = write_private_copy(options.run_dir, file_, bytes);
    if (!written.ok()) return written.error();
    const fs::path& copy = *written;
    base::Status status;
    if (status.ok() && !options.trial_program.empty()) {
        status = try_in_process(options.trial_program, copy, options.trial_limit);
        if (!status.ok()) status = refuse(status.error().message);
    }
    if (status.ok()) status = open_copy(copy, options);
    std::error_code ignored;
    fs::remove(copy, ignored);  // the mapping keeps the bytes; nothing is left behind by a crash
    return status;
}

base::Status Module::open_copy(const fs::path& copy, const LoadOptions& options) {
    // Some libraries can never be unmapped (unique symbols, thread-local destructors) and unmapping
    // one too early crashes: keeping it mapped is the safe choice, and costs its pages.
    constexpr auto kStay = static_cast<boost::dll::load_mode::type>(RTLD_NODELETE);
    auto mode = boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local;
    if (!options.unload) mode |= kStay;
    std::error_code failure;
    library_ = std::make_unique<boost::dll::shared_library>(copy, mode, failure);
    const char* const reason = failure ? ::dlerror() : nullptr;
    if (failure) {
        return refuse("cannot be loaded: " + (reason != nullptr ? reason : failure.message()));
    }
    if (!library_->has(GM_MODULE_SYMBOL)) {
        return refuse("exports no " GM_MODULE_SYMBOL "; it is not a plugin for this gateway");
    }
    descriptor_ = &library_->get<const gm_module_t>(GM_MODULE_SYMBOL);
    return {};
}

base::Status Module::shake_hands() {
    const gm_module_t& module = *descriptor_;
    const std::string ours = version(GM_ABI_MAJOR, GM_ABI_MINOR);
    if (module.size < offsetof(gm_module_t, init) || module.plugins == nullptr) {
        return refuse("its module descriptor is too small; rebuild it with this gateway's SDK");
    }
    if (module.abi_major != GM_ABI_MAJOR) {
        return refuse("is built for plugin ABI " + version(module.abi_major, module.abi_minor) +
                      " and this gateway speaks " + ours +
                      (module.abi_major < GM_ABI_MAJOR ? "; rebuild it with the current SDK"
                                                       : "; upgrade the gateway"));
    }
    if (module.needs_minor > GM_ABI_MINOR) {
        return refuse("needs plugin ABI " + version(module.abi_major, module.needs_minor) +
                      " or newer and this gateway speaks " + ours + "; upgrade the gateway");
    }
    for (std::uint32_t i = 0; i < module.plugin_count; ++i) {
        const gm_plugin_t* const plugin = module.plugins[i];
        const bool whole = plugin != nullptr && plugin->size >= offsetof(gm_plugin_t, extension) &&
                           plugin->id != nullptr && plugin->iface != nullptr &&
                           plugin->vtable != nullptr && plugin->create != nullptr &&
                           plugin->destroy != nullptr && plugin->config_schema != nullptr;
        if (!whole) {
            return refuse("plugin " + std::to_string(i) +
                          " in it has an incomplete descriptor; check it with plugin-check");
        }
    }
    if (GM_HAS(&module, init)) {
        const gm_status_t status = module.init();
        if (status != GM_OK) return refuse("init failed with status " + std::to_string(status));
    }
    initialised_ = true;
    return {};
}

base::Error Module::refuse(const std::string& why) const {
    const bool named = descriptor_ != nullptr && descriptor_->name != nullptr &&
                       descriptor_->size > offsetof(gm_module_t, name);
    return invalid(file_, (named ? std::string(descriptor_->name) + " " : std::string()) + why);
}

Module::~Module() {
    if (initialised_ && GM_HAS(descriptor_, deinit)) descriptor_->deinit();
}

base::Result<std::string> file_sha256(const fs::path& file) {
    const base::Result<FileBytes> bytes = FileBytes::read(file);
    if (!bytes.ok()) return bytes.error();
    return base::sha256_hex(bytes->view());
}

// Iterating with an error code from begin to end: the range form throws when a folder goes away.
std::vector<fs::path> shared_objects(const fs::path& folder, std::error_code* failure) {
    std::vector<fs::path> files;
    std::error_code ignored;
    std::error_code& error = failure == nullptr ? ignored : *failure;
    fs::directory_iterator entry(folder, error);
    while (!error && entry != fs::directory_iterator()) {
        if (entry->path().extension() == ".so") files.push_back(entry->path());
        entry.increment(error);
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<fs::path> scan(const std::vector<fs::path>& folders,
                           std::vector<std::string>* problems) {
    std::vector<fs::path> files;
    for (const fs::path& folder : folders) {
        std::error_code failure;
        for (const fs::path& file : shared_objects(folder, &failure)) {
            std::error_code gone;
            if (!fs::is_regular_file(file, gone)) continue;
            try {
                boost::dll::library_info info(file);
                const std::vector<std::string> symbols = info.symbols();
                if (std::find(symbols.begin(), symbols.end(), GM_MODULE_SYMBOL) != symbols.end()) {
                    files.push_back(file);
                }
            } catch (const std::exception& error) {
                problems->push_back(file.string() + ": not a shared library: " + error.what());
            }
        }
        if (failure && failure != std::errc::no_such_file_or_directory) {
            problems->push_back(folder.string() + ": " + failure.message());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace gomodel::plugin
