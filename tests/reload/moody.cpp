// A provider whose creation fails in every way there is, for the tests of refreshes. Its create()
// has no guard around it: what it throws reaches the gateway.

#include <gomodel/plugin.hpp>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

class Moody final : public gomodel::Provider {
public:
    static constexpr const char* kId = "provider.moody";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Is created, or not";
    static constexpr const char* kSchema = R"({
      "type": "object", "additionalProperties": false,
      "properties": {
        "on_create": {"type": "string", "enum": ["work", "refuse", "throw", "hang"],
                      "default": "work", "description": "What creating it does."},
        "until": {"type": "string", "default": "",
                  "description": "The file whose appearance ends a hang."}
      }
    })";
    static constexpr std::uint64_t kFlags = GM_CAN_CHAT;

    Moody(gomodel::Host host, const gomodel::Config& config) {
        const std::string mood(config.text("on_create"));
        if (mood == "refuse") throw gomodel::Error(GM_INVALID, "not in the mood");
        while (mood == "hang" && !std::filesystem::exists(config.text("until"))) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        host.info("moody was created");
    }

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call, gomodel::Op) override { return nullptr; }
};

gm_status_t create(const gm_host_t* host, const gm_call_t* call, gm_str_t config, void** self) {
    const gomodel::Config fields(gomodel::view(config));
    if (fields.text("on_create") == "throw") throw std::runtime_error("thrown through the ABI");
    return gomodel::Plugin<Moody>::create(host, call, config, self);
}

constexpr gm_plugin_t unguarded() {
    gm_plugin_t plugin = gomodel::Plugin<Moody>::kDescriptor;
    plugin.create = &create;
    return plugin;
}

constexpr gm_plugin_t kMoody = unguarded();
constexpr const gm_plugin_t* kPlugins[] = {&kMoody};

constexpr gm_module_t describe() {
    gm_module_t module = gomodel::Module<Moody>::describe("moody 1.0.0");
    module.plugins = kPlugins;
    return module;
}

}  // namespace

constinit const gm_module_t gm_module_v1 = describe();
