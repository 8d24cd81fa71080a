#include "record/plugin_storage.hpp"

#include <Poco/JSON/Stringifier.h>

#include <sstream>

#include "plugin/call.hpp"
#include "plugin/schema.hpp"

namespace gomodel::record {
namespace {

using plugin::to_abi;

base::SteadyTime limit() {
    return std::chrono::steady_clock::now() + PluginStorage::kCallLimit;
}

std::string options_json(const config::Storage& storage) {
    if (storage.options.isNull()) return "{}";
    std::ostringstream out;
    Poco::JSON::Stringifier::stringify(*storage.options, out);
    return out.str();
}

}  // namespace

base::Result<std::shared_ptr<Storage>> PluginStorage::open(const plugin::Registry& registry,
                                                           const config::Settings& settings,
                                                           base::Log& log,
                                                           plugin::StuckCalls stuck) {
    const std::string& type = settings.storage.type;
    const plugin::Registered* const found = registry.find("storage." + type);
    if (found == nullptr) {
        return base::Error{base::Code::kNotFound, "storage.type: there is no plugin storage." +
                                                      type + " in the plugin folders"};
    }
    if (std::string_view(found->plugin->iface) != GM_STORAGE) {
        return base::Error{base::Code::kUnsupported, "storage.type: the plugin storage." + type +
                                                         " does not speak " GM_STORAGE};
    }
    const plugin::CheckedConfig checked =
        plugin::check_config(found->plugin->config_schema, options_json(settings.storage));
    for (const plugin::SchemaProblem& problem : checked.problems) {
        const std::string key =
            "storage." + type + (problem.path.empty() ? "" : "." + problem.path);
        if (problem.fatal) return base::Error{base::Code::kInvalid, key + ": " + problem.message};
        log.warn(key + ": " + problem.message);
    }
    auto instance = plugin::Instance::create(
        found->module, *found->plugin, "storage", checked.json, log,
        std::chrono::steady_clock::now() + settings.plugins.create_timeout, std::move(stuck));
    if (!instance.ok()) return instance.error();
    return std::shared_ptr<Storage>(std::make_shared<PluginStorage>(std::move(*instance)));
}

base::Status PluginStorage::ensure(std::string_view schema) {
    const plugin::Call call({}, limit());
    return call.status(instance_->storage().ensure(instance_->self(), call.get(), to_abi(schema)),
                       "storage: a table could not be made to fit");
}

base::Status PluginStorage::write(std::string_view table, std::string_view rows, WriteMode mode) {
    const plugin::Call call({}, limit());
    return call.status(instance_->storage().write(instance_->self(), call.get(), to_abi(table),
                                                  to_abi(rows), static_cast<std::uint32_t>(mode)),
                       "storage: rows could not be written");
}

base::Status PluginStorage::read(std::string_view query, const Take& take) {
    const plugin::Call call({}, limit());
    const Take* target = &take;
    const gm_rows_t rows{sizeof(gm_rows_t), &target, [](const gm_rows_t* self, gm_str_t row) {
                             const Take& taker = **static_cast<const Take**>(self->host_data);
                             return taker(plugin::from_abi(row));
                         }};
    return call.status(
        instance_->storage().read(instance_->self(), call.get(), to_abi(query), &rows),
        "storage: rows could not be read");
}

base::Result<std::uint64_t> PluginStorage::update(std::string_view query, std::string_view set) {
    const plugin::Call call({}, limit());
    std::uint64_t changed = 0;
    const gm_status_t status = instance_->storage().update(instance_->self(), call.get(),
                                                           to_abi(query), to_abi(set), &changed);
    if (status != GM_OK) return call.error(status, "storage: rows could not be changed");
    return changed;
}

base::Result<std::uint64_t> PluginStorage::erase(std::string_view query) {
    const plugin::Call call({}, limit());
    std::uint64_t changed = 0;
    const gm_status_t status =
        instance_->storage().erase(instance_->self(), call.get(), to_abi(query), &changed);
    if (status != GM_OK) return call.error(status, "storage: rows could not be removed");
    return changed;
}

}  // namespace gomodel::record
