#include "gateway/model_list_fetcher.hpp"

#include <algorithm>
#include <new>

namespace gomodel::gateway {
namespace {

constexpr auto kFetchTimeout = std::chrono::seconds(60);
constexpr base::Duration kFirstFetchPause = std::chrono::minutes(1);  // after a failure; doubled

base::Error failed(std::string why) {
    return {base::Code::kUnavailable, std::move(why)};
}

}  // namespace

void ModelListFetcher::start() {
    ++running_;
    net::spawn(run());
}

void ModelListFetcher::fetch_now() {
    if (stop_.cancelled()) return;
    ++running_;
    net::spawn(run_once());
}

void ModelListFetcher::stop(std::function<void()> done) {
    done_ = std::move(done);
    ++running_;
    stop_.cancel();
    finished();
}

net::Task<void> ModelListFetcher::run() {
    base::Duration pause = kFirstFetchPause;
    while (!stop_.cancelled()) {
        const bool fetched = co_await try_to_fetch();
        if (stop_.cancelled()) break;
        base::Duration wait = store_.current().get()->settings.cache.model.refresh_interval;
        if (!fetched) wait = std::min(wait, pause);
        pause = fetched ? kFirstFetchPause : 2 * wait;
        co_await net::Sleep(services_.loop, services_.loop.now() + wait, &stop_);
    }
    finished();
}

net::Task<void> ModelListFetcher::run_once() {
    co_await try_to_fetch();
    finished();
}

net::Task<bool> ModelListFetcher::try_to_fetch() {
    try {
        co_return co_await fetch();
    } catch (const std::bad_alloc&) {
        log_.warn("the model list could not be fetched: there is no memory");
    }
    co_return false;
}

// True: there is nothing to try again soon. The URL may hold a password and is never logged.
net::Task<bool> ModelListFetcher::fetch() {
    std::string url = store_.current().get()->settings.cache.model.model_list_url;
    if (url.empty()) co_return true;
    base::Result<std::string> json = co_await get(std::move(url));
    if (stop_.cancelled()) co_return false;
    if (!json.ok()) {
        log_.warn("the model list could not be fetched",
                  {{"key", std::string_view("cache.model.model_list.url")},
                   {"error", std::string_view(json.error().message)}});
        co_return false;
    }
    control_.post([this, text = std::move(*json)]() mutable { take(std::move(text)); });
    co_return true;
}

net::Task<base::Result<std::string>> ModelListFetcher::get(std::string url) {
    const base::SteadyTime deadline = services_.loop.clock().steady() + kFetchTimeout;
    net::ClientRequest request;
    request.method = "GET";
    request.url = url;
    request.headers = "Accept: application/json\r\n";
    request.first_byte = deadline;
    base::Result<std::unique_ptr<net::ClientExchange>> sent =
        co_await services_.upstream.send(std::move(request), &stop_);
    if (!sent.ok()) co_return sent.error();
    net::ClientExchange& exchange = **sent;
    if (exchange.status() != 200) {
        co_return failed("the answer has status " + std::to_string(exchange.status()) +
                         " instead of 200");
    }
    std::string body;
    for (;;) {
        std::string_view bytes;
        const net::BodyStep step = exchange.read(bytes);
        if (step == net::BodyStep::kFailed) co_return failed(std::string(exchange.failure()));
        if (step == net::BodyStep::kWait) {
            const net::Wake wake = co_await exchange.wait(deadline, &stop_);
            if (wake == net::Wake::kTimeout) co_return failed("no whole answer within 60 seconds");
            if (wake == net::Wake::kCancelled) co_return failed("cancelled");
            continue;
        }
        body.append(bytes);
        if (body.size() > kMaxModelList) co_return failed("the answer is larger than 10 MiB");
        if (step == net::BodyStep::kEnd) co_return body;
    }
}

// [control]
void ModelListFetcher::take(std::string json) {
    if (json == store_.model_list_json()) return;
    base::Result<ModelList> list = ModelList::parse(json);
    if (!list.ok()) {
        log_.warn("the model list could not be read",
                  {{"error", std::string_view(list.error().message)}});
        return;
    }
    log_.info("model list fetched", {{"models", static_cast<std::int64_t>(list->size())},
                                     {"skipped", static_cast<std::int64_t>(list->skipped())}});
    store_.set_model_list(std::move(*list), std::move(json));
    if (keep_) keep_();
}

void ModelListFetcher::finished() {
    if (--running_ == 0 && done_) std::exchange(done_, nullptr)();
}

}  // namespace gomodel::gateway
