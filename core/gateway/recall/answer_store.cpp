#include "gateway/recall/answer_store.hpp"

#include <new>

#include "gateway/recall/saved_answer.hpp"
#include "plugin/conduct.hpp"
#include "plugin/thread_check.hpp"

namespace gomodel::gateway::recall {
namespace {

// Where the plugin writes what it has found.
struct FoundEntry {
    plugin::Account& account;
    const std::size_t most;
    plugin::WriteWindow window;
    std::string bytes;

    static gm_status_t write(const gm_sink_t* sink, std::uint32_t kind, gm_str_t bytes) {
        FoundEntry& found = *static_cast<FoundEntry*>(sink->host_data);
        if (!found.window.admits(found.account) || kind != 0) return GM_INVALID;
        if (bytes.len > found.most - found.bytes.size()) return GM_EXHAUSTED;
        try {
            found.bytes.append(plugin::from_abi(bytes));
        } catch (const std::bad_alloc&) {  // no exception crosses the ABI
            return GM_EXHAUSTED;
        }
        return GM_OK;
    }
};

}  // namespace

base::Result<std::optional<std::string>> AnswerStore::get(std::string_view key,
                                                          std::string_view request_id,
                                                          base::SteadyTime deadline) {
    plugin::require_thread(plugin::ThreadTag::kWorker, "get of a cache");
    const plugin::Call call(request_id, deadline);
    FoundEntry found{account(), rules_.max_entry + kMostBesidesBody, {}, {}};
    const gm_sink_t sink{sizeof(gm_sink_t), &found, &FoundEntry::write};
    const plugin::BlockingCall blocking(account(), deadline);
    const gm_status_t status = plugin::guarded(account(), call, [&] {
        const plugin::WriteWindow::Open open(found.window);
        return instance_->cache().get(instance_->self(), call.get(), plugin::to_abi(key), &sink);
    });
    if (status == GM_NOT_FOUND) return std::optional<std::string>();
    if (status != GM_OK) return call.error(status, "get");
    return std::optional<std::string>(std::move(found.bytes));
}

base::Status AnswerStore::put(std::string_view key, std::string_view entry,
                              base::SteadyTime deadline) {
    plugin::require_thread(plugin::ThreadTag::kWorker, "put of a cache");
    const plugin::Call call({}, deadline);
    const auto ttl = std::chrono::duration_cast<std::chrono::milliseconds>(rules_.ttl);
    const plugin::BlockingCall blocking(account(), deadline);
    const gm_status_t status = plugin::guarded(account(), call, [&] {
        return instance_->cache().put(instance_->self(), call.get(), plugin::to_abi(key),
                                      plugin::to_abi(entry),
                                      static_cast<std::uint64_t>(ttl.count()));
    });
    return call.status(status, "put");
}

}  // namespace gomodel::gateway::recall
