#include "control/recalculation.hpp"

#include <gomodel/json_out.hpp>
#include <new>

#include "record/recost.hpp"
#include "record/usage_entry.hpp"

namespace gomodel::control {
namespace {

using Fields = std::shared_ptr<const std::vector<plugin::UsageField>>;

// What a row's model costs, and how its provider counts.
class PriceFinder {
public:
    PriceFinder(const gateway::Generation& generation, gateway::PriceTablePtr table)
        : generation_(generation), table_(std::move(table)) {}

    std::shared_ptr<const gateway::Pricing> price(const record::RowModel& row) const {
        const gateway::ManagedPrice* const managed =
            table_ == nullptr ? nullptr : table_->find(row.provider_name, row.id);
        if (managed != nullptr) return {table_, &managed->pricing};
        const gateway::Model* const model =
            generation_.catalog->find(row.id, std::optional(row.provider_name));
        return model == nullptr ? nullptr : gateway::price_of(*model, table_);
    }

    Fields fields(const record::RowModel& row) const {
        const gateway::Provider* const provider = generation_.provider(row.provider_name);
        if (provider != nullptr) return provider->usage_fields;
        const plugin::Registered* const plugin =
            generation_.registry->find("provider." + row.provider_type);
        return plugin == nullptr ? nullptr : plugin->schema.usage;
    }

private:
    const gateway::Generation& generation_;
    const gateway::PriceTablePtr table_;
};

}  // namespace

std::string_view to_string(Recalculation::State state) {
    switch (state) {
        case Recalculation::State::kNever:
            return "none";
        case Recalculation::State::kRunning:
            return "running";
        case Recalculation::State::kDone:
            return "done";
        case Recalculation::State::kFailed:
            return "failed";
        case Recalculation::State::kStopped:
            break;
    }
    return "stopped";
}

base::Status Recalculation::start(Wanted wanted) {
    if (sources_.storage.get() == nullptr)
        return base::Error{base::Code::kUnavailable, "there is no storage"};
    {
        const std::lock_guard lock(mutex_);
        if (progress_.state == State::kRunning)
            return base::Error{base::Code::kDenied, "a recalculation is running already"};
        if (stop_) return base::Error{base::Code::kUnavailable, "the gateway is stopping"};
        wanted_ = std::move(wanted);
        after_.clear();
        progress_ = {};
        progress_.state = State::kRunning;
        progress_.dry_run = wanted_.dry_run;
        progress_.filters = wanted_.filters;
        progress_.started = sources_.clock.wall();
    }
    sources_.workers.submit([this] { step(); });
    return {};
}

Recalculation::Progress Recalculation::progress() const {
    const std::lock_guard lock(mutex_);
    return progress_;
}

void Recalculation::stop() {
    std::unique_lock lock(mutex_);
    stop_ = true;
    idle_.wait(lock, [this] { return progress_.state != State::kRunning; });
}

void Recalculation::step() {
    try {
        go_on();
    } catch (const std::bad_alloc&) {
        sources_.log.error("the recalculation of costs failed: there is no memory");
        finish(State::kFailed);
    }
}

// Other work gets its turn between two pieces.
void Recalculation::go_on() {
    {
        const std::lock_guard lock(mutex_);
        if (stop_) {
            progress_.state = State::kStopped;
            progress_.finished = sources_.clock.wall();
            idle_.notify_all();
            return;
        }
    }
    const base::Result<bool> more = piece();
    if (!more.ok()) {
        sources_.log.error("the recalculation of costs failed: " + more.error().message);
        return finish(State::kFailed);
    }
    if (!*more) return finish(State::kDone);
    sources_.workers.submit([this] { step(); });
}

// True: there may be more.
base::Result<bool> Recalculation::piece() {
    const std::shared_ptr<record::Storage> storage = sources_.storage.get();
    const std::shared_ptr<const gateway::Generation> generation = sources_.generations.get();
    if (storage == nullptr || generation == nullptr)
        return base::Error{base::Code::kUnavailable, "the storage is gone"};
    Progress news;
    if (after_.empty()) {
        const base::Status counted = storage->read(query(true), [&](std::string_view text) {
            const json::Tree row(text);
            news.total = static_cast<std::uint64_t>(row.root()["count"].integer().value_or(0));
            return true;
        });
        if (!counted.ok()) return counted.error();
    }
    const PriceFinder prices(*generation, sources_.controls.get()->prices);
    std::string rows = "[";
    const base::Status read = storage->read(query(false), [&](std::string_view text) {
        const json::Tree tree(text);
        const json::Node row = tree.root();
        const record::RowModel model = record::model_of(row);
        ++news.done;
        after_ =
            "[" + std::string(row["timestamp"].raw()) + "," + std::string(row["id"].raw()) + "]";
        const auto pricing = prices.price(model);
        if (pricing == nullptr) {
            ++news.unpriced;
        } else if (auto changed = record::recosted(row, *pricing, prices.fields(model).get())) {
            ++news.changed;
            rows.append(rows.size() == 1 ? "" : ",").append(*changed);
        }
        return true;
    });
    if (!read.ok()) return read.error();
    if (news.changed > 0 && !wanted_.dry_run) {
        const base::Status written =
            storage->write(record::kUsageTable, rows + "]", record::WriteMode::kUpsert);
        if (!written.ok()) return written.error();
    }
    const std::lock_guard lock(mutex_);
    progress_.total += news.total;
    progress_.done += news.done;
    progress_.changed += news.changed;
    progress_.unpriced += news.unpriced;
    return news.done == kRowsAtOnce;
}

std::string Recalculation::query(bool count) const {
    std::string text = R"({"table":"usage","where":[)" + wanted_.conditions + "]";
    if (count) return text + R"(,"count":true})";
    text += R"(,"order":[["timestamp","asc"],["id","asc"]],"limit":)" + std::to_string(kRowsAtOnce);
    if (!after_.empty()) text += R"(,"after":)" + after_;
    return text + "}";
}

void Recalculation::finish(State state) {
    const Progress ended = progress();
    sources_.log.info("costs were recalculated",
                      {{"state", to_string(state)},
                       {"rows", static_cast<std::int64_t>(ended.done)},
                       {"changed", static_cast<std::int64_t>(ended.changed)},
                       {"unpriced", static_cast<std::int64_t>(ended.unpriced)},
                       {"dry_run", ended.dry_run}});
    const std::lock_guard lock(mutex_);
    progress_.state = state;
    progress_.finished = sources_.clock.wall();
    idle_.notify_all();
}

}  // namespace gomodel::control
