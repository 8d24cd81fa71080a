// What is asked of a cache. Each test uses keys of its own, so that a shared server may be used.

#include <gomodel/abi.h>
#include <gomodel/testing/recording_sink.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "cache_under_test.hpp"
#include "subject.hpp"
#include "suites.hpp"

namespace gomodel::check {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

void miss_is_not_found(Subject& subject) {
    CacheUnderTest cache(subject);
    const std::string key = cache.key("never stored");
    testing::RecordingSink sink;
    const gm_status_t status = cache.get(key, sink);
    expect(status == GM_NOT_FOUND, "get of a key never stored returned " + name_of_status(status));
    expect(sink.outputs().empty(), "get wrote to the sink though it found nothing");
}

void binary_round_trip(Subject& subject) {
    CacheUnderTest cache(subject);
    std::string bytes;
    for (int i = 0; i < 256; ++i)
        bytes += static_cast<char>(i);
    // Keys are any bytes too, and differ by their last one.
    const std::string key = cache.key("binary") + bytes;
    cache.store(key, bytes + bytes);
    expect(cache.load(key) == bytes + bytes, "a value of all 256 bytes came back changed");
    expect(!cache.load(key.substr(0, key.size() - 1)), "a key was cut at a byte");
    const std::string empty = cache.key("empty");
    cache.store(empty, "");
    expect(cache.load(empty) == "", "an empty value is not the same as a miss");
}

void one_mebibyte(Subject& subject) {
    CacheUnderTest cache(subject);
    std::string bytes(1 << 20, 'x');
    for (std::size_t i = 0; i < bytes.size(); i += 97)
        bytes[i] = static_cast<char>('a' + i % 23);
    const std::string key = cache.key("mebibyte");
    cache.store(key, bytes);
    expect(cache.load(key) == bytes, "a value of 1 MiB came back changed");
}

void overwrite(Subject& subject) {
    CacheUnderTest cache(subject);
    const std::string key = cache.key("overwrite");
    cache.store(key, "first, and longer");
    cache.store(key, "second");
    expect(cache.load(key) == "second", "get gave a value that was replaced");
    cache.erase(key);
    expect(!cache.load(key), "get gave a value that was erased");
}

void erase_is_idempotent(Subject& subject) {
    CacheUnderTest cache(subject);
    const std::string key = cache.key("erase");
    cache.store(key, "value");
    for (int i = 0; i < 2; ++i) {
        const gm_status_t status = cache.erase(key);
        expect(status == GM_OK, "erase number " + std::to_string(i + 1) + " of a key returned " +
                                    name_of_status(status));
    }
}

void ttl_expires(Subject& subject) {
    CacheUnderTest cache(subject);
    constexpr milliseconds kTtl(250);
    constexpr milliseconds kPatience(5000);
    const std::string brief = cache.key("ttl");
    const std::string lasting = cache.key("no ttl");
    const auto stored = Clock::now();
    cache.store(brief, "value", kTtl);
    cache.store(lasting, "value");
    const bool there = cache.load(brief).has_value();
    expect(there || Clock::now() - stored >= kTtl, "the value was gone before its time");
    // Some stores count whole seconds, and the machine may be busy.
    while (cache.load(brief)) {
        expect(Clock::now() - stored < kPatience,
               "a value stored for 250 ms was still there after 5 s");
        std::this_thread::sleep_for(milliseconds(20));
    }
    expect(cache.load(lasting).has_value(), "a value stored without expiry is gone");
}

void eight_threads(Subject& subject) {
    CacheUnderTest cache(subject);
    constexpr int kThreads = 8;
    constexpr int kRounds = 200;
    std::atomic<bool> good = true;
    const auto hammer = [&](int id) {
        const std::string shared = cache.key("shared");
        for (int i = 0; i < kRounds && good; ++i) {
            const std::string value = std::to_string(id) + "/" + std::to_string(i);
            const std::string own = cache.key("thread " + value);
            try {
                cache.store(own, value);
                cache.store(shared, value);
                if (cache.load(own) != value) good = false;
                cache.load(shared);
                cache.erase(shared);
            } catch (const Result&) {
                good = false;
            }
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int id = 0; id < kThreads; ++id)
        threads.emplace_back(hammer, id);
    for (std::thread& thread : threads)
        thread.join();
    expect(good, "with eight threads at work, one did not read what it had just written");
}

void past_deadline_returns(Subject& subject) {
    CacheUnderTest cache(subject);
    constexpr std::chrono::seconds kLimit(1);
    const std::string key = cache.key("deadline");
    testing::FakeCall late;
    late.expire_in(milliseconds(-5));
    testing::RecordingSink sink;
    const auto start = Clock::now();
    const std::array statuses = {
        cache.table().put(cache.self(), late.abi(), str(key), str("value"), 0),
        cache.table().get(cache.self(), late.abi(), str(key), sink.abi()),
        cache.table().erase(cache.self(), late.abi(), str(key)),
    };
    expect(Clock::now() - start < kLimit, "calls whose deadline had passed took more than 1 s");
    for (const gm_status_t status : statuses) {
        const bool known = status == GM_OK || status == GM_NOT_FOUND || status == GM_TIMEOUT ||
                           status == GM_CANCELLED;
        expect(known, "a call whose deadline had passed returned " + name_of_status(status) +
                          ", not GM_TIMEOUT");
    }
}

void refusing_sink_propagates(Subject& subject) {
    CacheUnderTest cache(subject);
    const std::string key = cache.key("refuse");
    cache.store(key, "value");
    testing::RecordingSink sink(GM_CANCELLED);
    const gm_status_t status = cache.get(key, sink);
    expect(sink.refused() == 1, "get wrote " + std::to_string(sink.refused()) +
                                    " times to a sink that refuses, not once");
    expect(status == GM_CANCELLED,
           "get returned " + name_of_status(status) + ", not the status its sink refused with");
}

constexpr Test kCacheTests[] = {
    {"miss-is-not-found", "A key never stored gives GM_NOT_FOUND and no bytes.", miss_is_not_found,
     Level::kInstance},
    {"binary-round-trip", "Keys and values of any bytes come back as they were.", binary_round_trip,
     Level::kInstance},
    {"one-mebibyte", "A value of 1 MiB comes back as it was.", one_mebibyte, Level::kInstance},
    {"overwrite", "The last value stored is the one given, and none after erase.", overwrite,
     Level::kInstance},
    {"erase-is-idempotent", "Erasing a key that is not there is no error.", erase_is_idempotent,
     Level::kInstance},
    {"ttl-expires", "A value is gone after its time, and stays when it has none.", ttl_expires,
     Level::kInstance},
    {"eight-threads", "Eight threads at once each read what they wrote.", eight_threads,
     Level::kInstance},
    {"past-deadline-returns", "Calls whose deadline has passed return at once.",
     past_deadline_returns, Level::kInstance},
    {"refusing-sink-propagates", "When the host refuses a result, get returns its status.",
     refusing_sink_propagates, Level::kInstance},
};

}  // namespace

std::span<const Test> cache_tests() {
    return kCacheTests;
}

}  // namespace gomodel::check
