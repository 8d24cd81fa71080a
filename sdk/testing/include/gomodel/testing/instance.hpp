// An instance of a plugin class made through its descriptor, exactly as a host makes it. For unit
// tests that link the plugin's sources.
#pragma once

#include <gomodel/module.hpp>
#include <gomodel/testing/fake_host.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace gomodel::testing {

template <typename T>
class Instance {
public:
    // Throws std::runtime_error with the plugin's explanation when it refuses the configuration.
    explicit Instance(std::string_view config = "{}") {
        FakeCall call;
        const gm_plugin_t& plugin = Plugin<T>::kDescriptor;
        if (plugin.create(host_.abi(), call.abi(), str(config), &self_) != GM_OK) {
            throw std::runtime_error(call.message());
        }
    }
    ~Instance() { Plugin<T>::kDescriptor.destroy(self_); }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    const auto& table() const { return T::Abi::kTable; }
    void* self() const { return self_; }
    const FakeHost& host() const { return host_; }

private:
    FakeHost host_;
    void* self_ = nullptr;
};

}  // namespace gomodel::testing
