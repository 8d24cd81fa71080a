#include "module.hpp"

#include <dlfcn.h>

#include <array>
#include <cstring>
#include <filesystem>

#include "test.hpp"

namespace gomodel::check {

Library::Library(const std::string& path)
    // dlopen looks a bare name up in the system's directories.
    : handle_(dlopen(std::filesystem::absolute(path).c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) fail("cannot load it: " + std::string(dlerror()));
}

Library::~Library() {
    dlclose(handle_);
}

const gm_module_t& Library::descriptor() const {
    const void* const symbol = dlsym(handle_, GM_MODULE_SYMBOL);
    if (symbol == nullptr) {
        fail("no symbol " GM_MODULE_SYMBOL ": end the module with GM_MODULE(...)");
    }
    return *static_cast<const gm_module_t*>(symbol);
}

std::string version_problem(const gm_module_t& module) {
    const auto text = [](std::uint32_t number) { return std::to_string(number); };
    if (module.abi_major != GM_ABI_MAJOR) {
        return "it speaks ABI " + text(module.abi_major) + "." + text(module.abi_minor) +
               ", this host " + text(GM_ABI_MAJOR) + "." + text(GM_ABI_MINOR) +
               ": build it against this host's SDK";
    }
    if (module.needs_minor > GM_ABI_MINOR) {
        return "it needs a host with ABI " + text(GM_ABI_MAJOR) + "." + text(module.needs_minor) +
               " or later, this one has " + text(GM_ABI_MAJOR) + "." + text(GM_ABI_MINOR);
    }
    if (module.needs_minor > module.abi_minor) {
        return "it needs minor " + text(module.needs_minor) + " but was built against minor " +
               text(module.abi_minor);
    }
    return {};
}

Module::Module(const std::string& path) : library_(path), descriptor_(library_.descriptor()) {
    const std::string problem = version_problem(descriptor_);
    if (!problem.empty()) fail(problem);
    if (GM_HAS(&descriptor_, init)) {
        const gm_status_t status = descriptor_.init();
        expect(status == GM_OK, "init returned " + name_of_status(status));
    }
}

Module::~Module() {
    if (GM_HAS(&descriptor_, deinit)) descriptor_.deinit();
}

const gm_plugin_t& Module::plugin(std::string_view id) const {
    for (std::uint32_t i = 0; i < descriptor_.plugin_count; ++i) {
        if (descriptor_.plugins[i]->id == id) return *descriptor_.plugins[i];
    }
    fail("no plugin " + std::string(id));
}

Instance::Instance(const gm_plugin_t& plugin, const std::string& config,
                   std::chrono::milliseconds deadline)
    : plugin_(plugin) {
    call_.expire_in(deadline);
    status_ = plugin.create(host_.abi(), call_.abi(), str(config), &self_);
}

Instance::~Instance() {
    if (status_ == GM_OK) plugin_.destroy(self_);
}

std::string name_of_status(gm_status_t status) {
    constexpr std::array kNames = {"GM_OK",        "GM_NOT_FOUND",   "GM_INVALID", "GM_UNSUPPORTED",
                                   "GM_DENIED",    "GM_UNAVAILABLE", "GM_TIMEOUT", "GM_CANCELLED",
                                   "GM_EXHAUSTED", "GM_INTERNAL"};
    const auto index = static_cast<std::size_t>(status);
    return index < kNames.size() ? kNames[index] : "status " + std::to_string(status);
}

}  // namespace gomodel::check
