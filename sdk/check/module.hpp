// A loaded module, and instances of its plugins made as the gateway makes them.
#pragma once

#include <gomodel/abi.h>
#include <gomodel/testing/fake_host.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::check {

// Loads on construction, unloads on destruction. Does not call init or deinit.
class Library {
public:
    // Fails the test when the file cannot be loaded.
    explicit Library(const std::string& path);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    // The exported descriptor; fails the test when there is none.
    const gm_module_t& descriptor() const;

private:
    void* handle_;
};

// A loaded and initialised module whose ABI version was accepted.
class Module {
public:
    explicit Module(const std::string& path);
    ~Module();
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    const gm_module_t& descriptor() const { return descriptor_; }
    // Fails the test when no plugin has that id.
    const gm_plugin_t& plugin(std::string_view id) const;

private:
    Library library_;
    const gm_module_t& descriptor_;
};

// Why a host would refuse the module; empty: it would not.
std::string version_problem(const gm_module_t& module);

// One instance of a plugin, or the plugin's refusal to make one.
class Instance {
public:
    // `deadline`: what the plugin is given to make one.
    Instance(const gm_plugin_t& plugin, const std::string& config,
             std::chrono::milliseconds deadline = std::chrono::seconds(10));
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    gm_status_t status() const { return status_; }
    std::string message() const { return call_.message(); }
    void* self() const { return self_; }
    const testing::FakeHost& host() const { return host_; }

private:
    const gm_plugin_t& plugin_;
    testing::FakeHost host_;
    testing::FakeCall call_;
    void* self_ = nullptr;
    gm_status_t status_;
};

// "GM_INVALID" for 2.
std::string name_of_status(gm_status_t status);

}  // namespace gomodel::check
