#include "plugin/instance.hpp"

#include "plugin/call.hpp"

namespace gomodel::plugin {

Instance::Instance(std::shared_ptr<const Module> module, const gm_plugin_t& plugin,
                   std::string name, base::Log& log)
    : module_(std::move(module)),
      plugin_(plugin),
      name_(std::move(name)),
      log_(log),
      host_{sizeof(gm_host_t), GM_ABI_MINOR, this, &service, &write_log} {}

base::Result<std::shared_ptr<const Instance>> Instance::create(
    std::shared_ptr<const Module> module, const gm_plugin_t& plugin, std::string name,
    std::string_view config, base::Log& log, base::SteadyTime deadline) {
    const std::shared_ptr<Instance> instance(
        new Instance(std::move(module), plugin, std::move(name), log));
    const Call call({}, deadline);
    void* self = nullptr;
    const gm_status_t status = plugin.create(&instance->host_, call.get(), to_abi(config), &self);
    if (status != GM_OK) {
        return call.error(status, instance->name_ + ": " + plugin.id + " " + plugin.version +
                                      " could not be created");
    }
    instance->self_ = self;
    return std::shared_ptr<const Instance>(instance);
}

Instance::~Instance() {
    if (self_ != nullptr) plugin_.destroy(self_);
}

// No host services yet: a plugin that needs one says so when it is created.
const void* Instance::service(const gm_host_t*, const char*) {
    return nullptr;
}

void Instance::write_log(const gm_host_t* host, std::int32_t level, gm_str_t message) {
    const Instance& instance = *static_cast<const Instance*>(host->host_data);
    const base::Log::Fields fields = {{"plugin", std::string_view(instance.plugin_.id)},
                                      {"instance", std::string_view(instance.name_)}};
    const std::string_view text = from_abi(message);
    switch (level) {
        case GM_LOG_DEBUG:
            instance.log_.debug(text, fields);
            break;
        case GM_LOG_INFO:
            instance.log_.info(text, fields);
            break;
        case GM_LOG_WARN:
            instance.log_.warn(text, fields);
            break;
        default:
            instance.log_.error(text, fields);
            break;
    }
}

}  // namespace gomodel::plugin
