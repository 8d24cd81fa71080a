// The storage that a plugin provides, and finding that plugin.
#pragma once

#include "config/settings.hpp"
#include "plugin/instance.hpp"
#include "plugin/registry.hpp"
#include "record/storage.hpp"

namespace gomodel::record {

class PluginStorage final : public Storage {
public:
    // How long one call may take.
    static constexpr base::Duration kCallLimit = std::chrono::seconds(30);

    // REQUIRES: the instance speaks GM_STORAGE.
    explicit PluginStorage(std::shared_ptr<const plugin::Instance> instance)
        : instance_(std::move(instance)) {}

    // Creates the instance that settings.storage asks for: at most settings.plugins.create_timeout.
    // The error says what is wrong in the operator's terms. `log` must outlive the storage. What
    // the plugin does wrong is noted in the ledger.
    static base::Result<std::shared_ptr<Storage>> open(const plugin::Registry& registry,
                                                       const config::Settings& settings,
                                                       base::Log& log, plugin::Ledger& ledger,
                                                       plugin::StuckCalls stuck);

    base::Status ensure(std::string_view schema) override;
    base::Status write(std::string_view table, std::string_view rows, WriteMode mode) override;
    base::Status read(std::string_view query, const Take& take) override;
    base::Result<std::uint64_t> update(std::string_view query, std::string_view set) override;
    base::Result<std::uint64_t> erase(std::string_view query) override;

private:
    // Calls a function of the plugin, whose status becomes ours.
    template <typename Function>
    base::Status call(std::string_view failure, Function&& function) const;

    const std::shared_ptr<const plugin::Instance> instance_;
};

}  // namespace gomodel::record
