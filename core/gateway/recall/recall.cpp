#include "gateway/recall/recall.hpp"

#include <algorithm>

#include "base/thread_role.hpp"
#include "gateway/plugin_breach.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::gateway::recall {

// One lookup, shared by the request that waits for it, while it does, and the reader that makes it.
struct Lookup {
    std::shared_ptr<const Generation> generation;  // owns the store
    net::Loop& loop;
    std::size_t loop_number;
    std::string key;
    std::string request_id;
    base::SteadyTime deadline;

    // Written by the reader before it tells the loop.
    base::Result<std::optional<std::string>> found = std::optional<std::string>();
    base::Duration took{};
    bool asked = false;  // the plugin was

    // The loop's.
    bool done = false;
    net::Waiter* waiter = nullptr;
};

namespace {

constexpr base::Duration kBetweenWarnings = std::chrono::minutes(1);

base::SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}

// Suspends until the lookup is done or its time is over, or the client gone.
class LookupDone {
public:
    LookupDone(Lookup& lookup, net::CancelSource& client_gone)
        : lookup_(lookup), waiter_(lookup.loop, lookup.deadline, &client_gone) {}
    bool await_ready() { return lookup_.done || waiter_.already_cancelled(); }
    void await_suspend(std::coroutine_handle<> handle) { waiter_.suspend(handle, &lookup_.waiter); }
    void await_resume() const {}

private:
    Lookup& lookup_;
    net::Waiter waiter_;
};

}  // namespace

net::Task<std::optional<SavedAnswer>> Recall::look_up(RequestContext* context, std::string key) {
    std::optional<SavedAnswer> answer = co_await ask(context, std::move(key));
    answer.has_value() ? ++hits_ : ++misses_;
    co_return answer;
}

net::Task<std::optional<SavedAnswer>> Recall::ask(RequestContext* context, std::string key) {
    AnswerStore& store = *context->generation->answers;
    const base::SteadyTime now = context->services.loop.clock().steady();
    if (!may_ask(store, now)) co_return std::nullopt;
    if (lookups_.load(std::memory_order_relaxed) >= kMostLookups) {
        ++get_errors_;
        co_return std::nullopt;
    }
    auto lookup = std::make_shared<Lookup>(Lookup{context->generation, context->services.loop,
                                                  context->services.number, std::move(key),
                                                  context->request_id, now + kLookupLimit});
    ++lookups_;
    try {
        readers_->submit([this, lookup] { find(lookup); });
    } catch (const std::exception&) {
        --lookups_;
        ++get_errors_;
        co_return std::nullopt;
    }
    LookupDone done(*lookup, context->client.client_gone());
    co_await done;
    if (!lookup->done) {
        if (!context->client.client_gone().cancelled()) {
            ++get_errors_;
            failed(store, {base::Code::kTimeout, "get: no answer in time"});
        }
        co_return std::nullopt;
    }
    if (lookup->asked) context->plugin_times.of(store.account().plugin()) += lookup->took;
    if (!lookup->found.ok()) {
        ++get_errors_;
        failed(store, lookup->found.error());
        co_return std::nullopt;
    }
    std::optional<std::string> entry = std::move(*lookup->found);
    if (!entry.has_value()) co_return std::nullopt;
    co_return from_entry(std::move(*entry));
}

bool Recall::may_ask(AnswerStore& store, base::SteadyTime now) {
    if (store.rests(now)) return false;
    if (!store.rules().budget.bypass || store.account().bypass().may_call(now)) return true;
    store.account().left_out();
    return false;
}

// On a reader. Whoever has waited too long already has gone on without.
void Recall::find(const std::shared_ptr<Lookup>& lookup) {
    AnswerStore& store = *lookup->generation->answers;
    const base::SteadyTime began = steady_now();
    try {
        if (began < lookup->deadline) {
            lookup->asked = true;
            lookup->found = store.get(lookup->key, lookup->request_id, lookup->deadline);
            lookup->took = steady_now() - began;
            called(store, plugin::Function::kGet, lookup->took);
        }
    } catch (const std::bad_alloc&) {
        lookup->found = base::Error{base::Code::kExhausted, "no memory"};
    }
    --lookups_;
    try {
        lookup->loop.post([lookup] { found(*lookup); });
    } catch (const std::bad_alloc&) {  // the request goes on when its time is over
    }
}

// On the loop.
void Recall::found(Lookup& lookup) {
    if (lookup.asked) {
        lookup.generation->answers->account().called(lookup.loop_number, plugin::Function::kGet,
                                                     lookup.took);
    }
    lookup.done = true;
    if (lookup.waiter != nullptr) lookup.waiter->complete(net::Wake::kReady);
}

void Recall::keep(std::shared_ptr<const Generation> generation, std::string key,
                  dialect::Endpoint endpoint, SavedAnswer answer) {
    AnswerStore& store = *generation->answers;
    const bool left_out = store.rules().budget.bypass && store.account().bypass().active();
    if (left_out || store.rests(steady_now())) {
        ++dropped_;
        return;
    }
    try {
        if (!enqueue({std::move(generation), std::move(key), endpoint, std::move(answer)})) drop();
    } catch (const std::exception&) {  // no memory or thread for it: the client has its answer
        ++dropped_;
    }
}

bool Recall::enqueue(Waiting one) {
    const std::lock_guard lock(mutex_);
    const std::size_t size = one.answer.body.size();
    const bool full = waiting_.size() >= kMostWaiting || size > kMostBytes - waiting_bytes_;
    if (stopping_ || full) return false;
    if (writers_.empty()) start_writers();
    waiting_.push_back(std::move(one));
    waiting_bytes_ += size;
    something_.notify_one();
    return true;
}

void Recall::start_writers() {
    for (std::size_t i = 0; i < kWriters; ++i)
        writers_.emplace_back([this, i] { write(i); });
}

void Recall::drop() {
    ++dropped_;
    if (!warn_now(next_drop_warning_)) return;
    log_.warn("answers are not kept in the response cache: more come than it takes",
              {{"dropped", static_cast<std::int64_t>(dropped_.load())}});
}

void Recall::write(std::size_t writer) {
    const base::ThreadRole role(base::Role::kWorker);
    std::unique_lock lock(mutex_);
    for (;;) {
        something_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const Waiting one = std::move(waiting_.front());
        waiting_.pop_front();
        const base::SteadyTime limit = give_up_;
        lock.unlock();
        try {
            write(one, writer, limit);
        } catch (const std::bad_alloc&) {
            ++dropped_;
        }
        lock.lock();
        waiting_bytes_ -= one.answer.body.size();
    }
}

void Recall::write(const Waiting& one, std::size_t writer, base::SteadyTime limit) {
    AnswerStore& store = *one.generation->answers;
    if (!is_complete(one.endpoint, one.answer)) return;
    const std::string entry = to_entry(one.answer);
    const base::SteadyTime began = steady_now();
    if (began >= limit || store.rests(began)) {
        ++dropped_;
        return;
    }
    const base::Status status = store.put(one.key, entry, std::min(began + kWriteLimit, limit));
    const base::Duration took = steady_now() - began;
    called(store, plugin::Function::kPut, took);
    store.account().called(first_cell_ + writer, plugin::Function::kPut, took);
    if (status.ok()) {
        ++stored_;
    } else {
        ++put_errors_;
        failed(store, status.error());
    }
}

// What its budget says of the time a call took.
void Recall::called(AnswerStore& store, plugin::Function function, base::Duration took) {
    const config::PluginBudget& budget = store.rules().budget;
    if (budget.limit.count() <= 0) return;
    plugin::Account& account = store.account();
    const base::SteadyTime now = steady_now();
    if (budget.bypass)
        log_bypass_change(log_, account, account.bypass().called(now, took, budget.limit));
    if (took <= budget.limit) return;
    const auto over = account.over_budget(now, function, took);
    if (!over.has_value()) return;
    log_over_budget(log_, {&account, store.instance()->name(), budget.limit}, *over);
}

void Recall::failed(AnswerStore& store, const base::Error& error) {
    const bool gone = error.code == base::Code::kTimeout || error.code == base::Code::kUnavailable;
    if (gone) store.rest_until(steady_now() + kRest);
    if (!warn_now(next_failure_warning_)) return;
    log_.warn("the response cache failed; requests go on without it",
              {{"plugin", std::string_view(store.account().plugin())},
               {"error", std::string_view(error.message)}});
}

// At most once in a while.
bool Recall::warn_now(std::atomic<base::SteadyTime::rep>& next) {
    const base::SteadyTime now = steady_now();
    base::SteadyTime::rep due = next.load();
    const base::SteadyTime::rep later = (now + kBetweenWarnings).time_since_epoch().count();
    return now.time_since_epoch().count() >= due && next.compare_exchange_strong(due, later);
}

void Recall::stop() {
    std::vector<std::thread> writers;
    {
        const std::lock_guard lock(mutex_);
        if (!stopping_) give_up_ = steady_now() + kWriteLimit;
        stopping_ = true;
        writers.swap(writers_);
    }
    something_.notify_all();
    for (std::thread& writer : writers)
        writer.join();
    readers_.reset();
    key_makers_.reset();
}

Figures Recall::figures() const {
    return {hits_, misses_, get_errors_, stored_, put_errors_, dropped_};
}

}  // namespace gomodel::gateway::recall
