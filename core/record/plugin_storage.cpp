#include "record/plugin_storage.hpp"

#include <Poco/JSON/Stringifier.h>

#include <sstream>

#include "plugin/conduct.hpp"
#include "plugin/schema.hpp"
#include "plugin/thread_check.hpp"

namespace gomodel::record {
namespace {

using plugin::to_abi;

std::string options_json(const config::Storage& storage) {
    if (storage.options.isNull()) return "{}";
    std::ostringstream out;
    Poco::JSON::Stringifier::stringify(*storage.options, out);
    return out.str();
}

}  // namespace

base::Result<std::shared_ptr<Storage>> PluginStorage::open(const plugin::Registry& registry,
                                                           const config::Settings& settings,
                                                           base::Log& log, plugin::Ledger& ledger,
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
    auto instance =
        plugin::Instance::create(found->module, *found->plugin, "storage", checked.json, log,
                                 std::chrono::steady_clock::now() + settings.plugins.create_timeout,
                                 std::move(stuck), ledger.account(found->plugin->id));
    if (!instance.ok()) return instance.error();
    return std::shared_ptr<Storage>(std::make_shared<PluginStorage>(std::move(*instance)));
}

template <typename Function>
base::Status PluginStorage::call(std::string_view failure, Function&& function) const {
    plugin::require_thread(plugin::ThreadTag::kWorker, "a function of a storage");
    const base::SteadyTime deadline = std::chrono::steady_clock::now() + kCallLimit;
    const plugin::Call call({}, deadline);
    plugin::Account& account = instance_->account();
    const plugin::BlockingCall blocking(account, deadline);
    const gm_status_t status = plugin::guarded(account, call, [&] { return function(call.get()); });
    return call.status(status, failure);
}

base::Status PluginStorage::ensure(std::string_view schema) {
    return call("storage: a table could not be made to fit", [&](const gm_call_t* given) {
        return instance_->storage().ensure(instance_->self(), given, to_abi(schema));
    });
}

base::Status PluginStorage::write(std::string_view table, std::string_view rows, WriteMode mode) {
    return call("storage: rows could not be written", [&](const gm_call_t* given) {
        return instance_->storage().write(instance_->self(), given, to_abi(table), to_abi(rows),
                                          static_cast<std::uint32_t>(mode));
    });
}

base::Status PluginStorage::read(std::string_view query, const Take& take) {
    struct Taker {
        const Take& take;
        plugin::Account& account;
        plugin::WriteWindow window;
    } taker{take, instance_->account(), {}};
    const gm_rows_t rows{sizeof(gm_rows_t), &taker, [](const gm_rows_t* self, gm_str_t row) {
                             const Taker& to = *static_cast<const Taker*>(self->host_data);
                             return to.window.admits(to.account) && to.take(plugin::from_abi(row));
                         }};
    return call("storage: rows could not be read", [&](const gm_call_t* given) {
        const plugin::WriteWindow::Open open(taker.window);
        return instance_->storage().read(instance_->self(), given, to_abi(query), &rows);
    });
}

base::Result<std::uint64_t> PluginStorage::update(std::string_view query, std::string_view set) {
    std::uint64_t changed = 0;
    const base::Status done =
        call("storage: rows could not be changed", [&](const gm_call_t* given) {
            return instance_->storage().update(instance_->self(), given, to_abi(query), to_abi(set),
                                               &changed);
        });
    if (!done.ok()) return done.error();
    return changed;
}

base::Result<std::uint64_t> PluginStorage::erase(std::string_view query) {
    std::uint64_t changed = 0;
    const base::Status done =
        call("storage: rows could not be removed", [&](const gm_call_t* given) {
            return instance_->storage().erase(instance_->self(), given, to_abi(query), &changed);
        });
    if (!done.ok()) return done.error();
    return changed;
}

}  // namespace gomodel::record
