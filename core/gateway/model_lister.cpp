#include "gateway/model_lister.hpp"

#include <algorithm>
#include <gomodel/json_document.hpp>
#include <new>

namespace gomodel::gateway {
namespace {

constexpr auto kListTimeout = std::chrono::seconds(30);
// Before a provider that failed is asked again; doubled each time.
constexpr base::Duration kFirstListingPause = std::chrono::seconds(1);
constexpr base::Duration kLongestPause = std::chrono::minutes(1);

}  // namespace

base::Result<Inventory> read_model_list(std::string_view text) {
    rapidjson::Document document;
    const base::Error invalid{base::Code::kInvalid, "the answer is not a model list"};
    if (!json::read_document(text, document) || !document.IsObject()) return invalid;
    const auto data = document.FindMember("data");
    if (data == document.MemberEnd() || !data->value.IsArray()) return invalid;
    Inventory inventory;
    for (const rapidjson::Value& entry : data->value.GetArray()) {
        if (!entry.IsObject()) continue;
        const auto id = entry.FindMember("id");
        if (id == entry.MemberEnd() || !id->value.IsString()) continue;
        const auto created = entry.FindMember("created");
        const bool dated = created != entry.MemberEnd() && created->value.IsInt64();
        const auto owner = entry.FindMember("owned_by");
        const bool owned = owner != entry.MemberEnd() && owner->value.IsString();
        inventory.models.push_back({std::string(id->value.GetString(), id->value.GetStringLength()),
                                    dated ? created->value.GetInt64() : 0,
                                    owned ? owner->value.GetString() : ""});
    }
    return inventory;
}

void ModelLister::start() {
    ++running_;
    net::spawn(run());
}

void ModelLister::stop(std::function<void()> done) {
    done_ = std::move(done);
    ++running_;
    stop_.cancel();
    finished();
}

net::Task<void> ModelLister::run() {
    while (!stop_.cancelled()) {
        base::Duration interval = kFirstListingPause;
        try {
            interval = list_all(std::make_shared<Round>());
        } catch (const std::bad_alloc&) {  // before long
        }
        co_await net::Sleep(services_.loop, services_.loop.now() + interval, &stop_);
    }
    finished();
}

void ModelLister::list_now(std::function<void(Failures)> done) {
    const auto round = std::make_shared<Round>();
    round->done = std::move(done);
    if (stop_.cancelled()) {
        part_done(round);
    } else {
        list_all(round);
    }
}

// The time until the next round. The generation is held by what runs on it and by nothing else: it
// must be able to go.
base::Duration ModelLister::list_all(const std::shared_ptr<Round>& round) {
    ++round_;
    const std::shared_ptr<const Generation> generation = store_.current().get();
    const auto mode = generation->settings.models.configured_provider_models_mode;
    for (const auto& provider : generation->providers) {
        const bool fixed =
            mode == config::ConfiguredModelsMode::kAllowlist && !provider->models.empty();
        if (fixed || !provider->can(GM_CAN_LIST_MODELS)) continue;
        ++running_;
        ++round->waiting;
        try {
            net::spawn(list(generation, provider.get(), round));
        } catch (const std::bad_alloc&) {  // the next round asks it
            --running_;
            --round->waiting;
        }
    }
    part_done(round);
    return generation->settings.cache.model.refresh_interval;
}

// Until the provider has answered, is gone, or the next round asks it anyway. The round that asked
// first waits for the first answer only.
net::Task<void> ModelLister::list(std::shared_ptr<const Generation> pinned,
                                  const Provider* provider, std::shared_ptr<Round> round) {
    const std::string name = provider->name;
    const int number = round_;
    base::Duration pause = kFirstListingPause;
    while (provider != nullptr) {
        base::Status listed;
        try {
            listed = co_await ask(std::move(pinned), provider);
        } catch (const std::bad_alloc&) {
            listed = base::Error{base::Code::kExhausted, "no memory"};
        }
        if (round != nullptr) {
            if (!listed.ok()) round->failures[name] = listed.error().message;
            part_done(round);
            round.reset();
        } else if (listed.ok() && keep_) {
            control_.post(keep_);
        }
        if (listed.ok()) break;
        co_await net::Sleep(services_.loop, services_.loop.now() + pause, &stop_);
        if (stop_.cancelled() || number != round_) break;
        pause = std::min(2 * pause, kLongestPause);
        pinned = store_.current().get();  // a wait keeps no generation alive
        provider = pinned->provider(name);
    }
    finished();
}

// Ok: it has answered.
net::Task<base::Status> ModelLister::ask(std::shared_ptr<const Generation> pinned,
                                         const Provider* provider) {
    CollectOptions options;
    options.timeout = kListTimeout;
    const base::Result<std::string> answer =
        co_await collect(&services_, provider, options, &stop_);
    base::Result<Inventory> inventory =
        answer.ok() ? read_model_list(*answer) : base::Result<Inventory>(answer.error());
    const std::string name = provider->name;
    const base::WallTime at = services_.loop.clock().wall();
    pinned.reset();  // until here it kept the provider
    if (!inventory.ok()) {
        if (!stop_.cancelled()) {
            log_.warn("models could not be listed",
                      {{"provider", std::string_view(name)},
                       {"error", std::string_view(inventory.error().message)}});
            control_.post([this, name, at, message = inventory.error().message] {
                store_.listing_failed(name, message, at);
            });
        }
        co_return base::Status(inventory.error());
    }
    log_.info("models listed", {{"provider", std::string_view(name)},
                                {"count", static_cast<std::int64_t>(inventory->models.size())}});
    control_.post([this, name, at, models = std::move(*inventory)] {
        store_.set_inventory(name, models, at);
    });
    co_return base::Status();
}

void ModelLister::part_done(const std::shared_ptr<Round>& round) {
    if (--round->waiting > 0) return;
    if (keep_) control_.post(keep_);
    if (!round->done) return;
    control_.post([round] { round->done(std::move(round->failures)); });
}

void ModelLister::finished() {
    if (--running_ == 0 && done_) std::exchange(done_, nullptr)();
}

}  // namespace gomodel::gateway
