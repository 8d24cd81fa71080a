// From classes to the one symbol a module exports. A class that a module offers has
//
//   static constexpr const char* kId       "cache.redis": what config.yaml calls it
//   static constexpr const char* kVersion  semver of the plugin itself
//   static constexpr const char* kSummary  one line
//   static constexpr const char* kSchema   JSON Schema of its configuration
//   static constexpr std::uint64_t kFlags  capability bits; providers and guardrails only
//   static constexpr std::uint32_t kNeedsMinor  optional: the oldest ABI minor it can live with
//
// a constructor T(Host, const Config&), or T(Host, const Config&, Call) when making one may take
// time, and optionally `const void* extension(const char* id) noexcept`. Everything here is
// constant-initialised: loading a module runs no code of ours.
#pragma once

#include <gomodel/abi.h>
#include <gomodel/call.hpp>
#include <gomodel/config.hpp>
#include <gomodel/host.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace gomodel {

// The descriptor of one plugin class.
template <typename T>
class Plugin {
    using Self = typename T::Abi::Self;

    static_assert(std::is_base_of_v<Self, T>);
    static_assert(std::has_virtual_destructor_v<Self>);

public:
    static gm_status_t create(const gm_host_t* host, const gm_call_t* call, gm_str_t config,
                              void** self) {
        return guard(call, [&] {
            const Config fields(view(config));
            Self* made = nullptr;
            if constexpr (std::constructible_from<T, Host, const Config&, Call>) {
                made = new T(Host(host), fields, Call(call));
            } else {
                made = new T(Host(host), fields);
            }
            *self = made;
        });
    }

    static void destroy(void* self) noexcept { delete static_cast<Self*>(self); }

    static const void* extension(void* self, const char* id) noexcept {
        if constexpr (requires(T & plugin) { plugin.extension(id); }) {
            return static_cast<T*>(static_cast<Self*>(self))->extension(id);
        }
        return nullptr;
    }

    static constexpr std::uint64_t flags() {
        if constexpr (requires { T::kFlags; }) {
            return T::kFlags;
        } else {
            constexpr bool kFlagsAreOptional =
                !std::same_as<decltype(T::Abi::kTable), const gm_provider_t> &&
                !std::same_as<decltype(T::Abi::kTable), const gm_guardrail_t>;
            static_assert(kFlagsAreOptional, "a provider or guardrail says what it can: kFlags");
            return 0;
        }
    }

    static constexpr std::uint32_t needs_minor() {
        if constexpr (requires { T::kNeedsMinor; }) {
            return T::kNeedsMinor;
        } else {
            return 0;
        }
    }

    static constexpr gm_plugin_t kDescriptor = {
        .size = sizeof(gm_plugin_t),
        .id = T::kId,
        .version = T::kVersion,
        .summary = T::kSummary,
        .config_schema = T::kSchema,
        .iface = T::Abi::kInterface,
        .vtable = &T::Abi::kTable,
        .flags = flags(),
        .create = &create,
        .destroy = &destroy,
        .extension = &extension,
    };
};

// The descriptor of a module that offers the plugins Ts.
template <typename... Ts>
class Module {
    static_assert(sizeof...(Ts) > 0);

public:
    static constexpr gm_module_t describe(const char* name, gm_status_t (*init)() = nullptr,
                                          void (*deinit)() = nullptr) {
        return {
            .size = sizeof(gm_module_t),
            .abi_major = GM_ABI_MAJOR,
            .abi_minor = GM_ABI_MINOR,
            .needs_minor = std::max({Plugin<Ts>::needs_minor()...}),
            .name = name,
            .plugin_count = sizeof...(Ts),
            .plugins = kPlugins,
            .init = init,
            .deinit = deinit,
        };
    }

private:
    static constexpr const gm_plugin_t* kPlugins[] = {&Plugin<Ts>::kDescriptor...};
};

}  // namespace gomodel

// The last line of a module: its name and version for logs, then the plugin classes it offers.
//   GM_MODULE("gomodel-redis 1.2.0", RedisCache);
#define GM_MODULE(name, ...) \
    constinit const gm_module_t gm_module_v1 = ::gomodel::Module<__VA_ARGS__>::describe(name)

// The same for a module whose library must be started and stopped once: `init` is a
// gm_status_t() noexcept that runs before any create, `deinit` a void() noexcept that runs after
// every destroy.
#define GM_MODULE_WITH_INIT(name, init, deinit, ...) \
    constinit const gm_module_t gm_module_v1 =       \
        ::gomodel::Module<__VA_ARGS__>::describe(name, init, deinit)
