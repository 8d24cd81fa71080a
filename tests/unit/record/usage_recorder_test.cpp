#include "record/usage_recorder.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include <future>
#include <new>
#include <thread>

#include "gateway/catalog.hpp"
#include "record/usage_entry.hpp"
#include "support/temp_folder.hpp"
#include "unit/record/fake_storage.hpp"

namespace gomodel::record {
namespace {

using gomodel::tests::TempFolder;

struct Fixture : testing::Test {
    Fixture() {
        provider.name = "main";
        provider.type = "openai";
        model.id = "gpt";
        model.provider = &provider;
        record.model = &model;
        record.called_provider = true;
        record.route = "/v1/chat/completions";
        record.status = 200;
        journal = Journal::open(folder.path(), {}).value();
    }

    std::unique_ptr<UsageEntry> entry(const std::string& id) const {
        return std::make_unique<UsageEntry>(record, id, base::WallTime());
    }
    std::unique_ptr<UsageRecorder> recorder(
        config::SyncPolicy sync = config::SyncPolicy::kInterval) {
        return std::make_unique<UsageRecorder>(*journal, sync, log, [](std::size_t) {});
    }
    // The ids of the rows in the journal, in order.
    std::vector<std::string> ids() {
        std::vector<std::string> found;
        for (;;) {
            const auto batch = journal->read(1000);
            EXPECT_TRUE(batch.ok());
            for (const JournalRecord& row : batch->records)
                found.push_back(json::Tree(row.row).root()["id"].text());
            if (batch->records.empty()) return found;
            EXPECT_TRUE(journal->advance(batch->end).ok());
        }
    }
    std::string row(const std::string& member) const {
        const std::string text = entry("1")->row();
        const json::Tree tree(text);
        EXPECT_TRUE(tree.root().is_object()) << text;
        return std::string(tree.root()[member].raw());
    }

    const TempFolder folder;
    base::Log log{std::make_shared<spdlog::sinks::null_sink_mt>(), base::LogFormat::kText,
                  base::LogLevel::kError};
    gateway::Provider provider;
    gateway::Model model;
    gateway::RequestRecord record;
    std::unique_ptr<Journal> journal;
};

using UsageEntryTest = Fixture;
using UsageRecorderTest = Fixture;

TEST(StorageTime, HasNineDigitsOfASecond) {
    using namespace std::chrono;
    EXPECT_EQ(storage_time(base::WallTime()), "1970-01-01T00:00:00.000000000Z");
    EXPECT_EQ(storage_time(base::WallTime(nanoseconds(1'793'663'999'987'654'321))),
              "2026-11-02T23:59:59.987654321Z");
    EXPECT_EQ(storage_time(base::WallTime(nanoseconds(-1))), "1969-12-31T23:59:59.999999999Z");
}

TEST_F(UsageEntryTest, HasTheColumnsOfTheTable) {
    record.request_id = "r1";
    record.user_path = "/team";
    record.stream = true;
    record.auth_key_id = "k1";
    record.total = std::chrono::microseconds(7);
    record.answer_id = "chatcmpl-1";
    record.answer_model = "gpt-2026";
    record.usage =
        dialect::read_usage(R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,)"
                            R"("prompt_tokens_details":{"cached_tokens":2}})");
    const auto when =
        base::WallTime(std::chrono::seconds(1'700'000'000) + std::chrono::nanoseconds(5));
    EXPECT_EQ(UsageEntry(record, "the-id", when).row(),
              R"({"id":"the-id","request_id":"r1","provider_id":"chatcmpl-1",)"
              R"("timestamp":"2023-11-14T22:13:20.000000005Z","model":"gpt-2026",)"
              R"("provider":"openai","provider_name":"main","endpoint":"/v1/chat/completions",)"
              R"("user_path":"/team","cache_type":null,"input_tokens":3,"output_tokens":4,)"
              R"("total_tokens":7,"raw_data":{"prompt_cached_tokens":2,"model_id":"gpt"},)"
              R"("input_cost":null,)"
              R"("output_cost":null,"total_cost":null,"costs_calculation_caveat":"",)"
              R"("auth_key_id":"k1","duration_ns":7000})");
}

TEST_F(UsageEntryTest, EveryColumnIsInTheSchema) {
    const std::string text = entry("1")->row();
    const json::Tree row_tree(text);
    const json::Tree schema(usage_schema());
    std::string columns;
    std::string members;
    for (const json::Node column : schema.root()["columns"])
        columns += column["name"].text() + ' ';
    for (const json::Node member : row_tree.root())
        members.append(member.name()).append(" ");
    EXPECT_EQ(columns, members);
}

TEST_F(UsageEntryTest, SaysWhatIsNoPlainCount) {
    EXPECT_EQ(row("raw_data"), "null");
    EXPECT_EQ(row("user_path"), R"("/")");
    EXPECT_EQ(row("model"), R"("gpt")");
    record.usage_estimated = true;
    record.cause = gateway::EndCause::kClientGone;
    EXPECT_EQ(row("raw_data"), R"({"estimated":true,"end":"client_gone"})");
    record = {};
    record.model = &model;
    record.status = 503;
    EXPECT_EQ(row("raw_data"), R"({"status":503})");
    record.cache_type = "exact";
    EXPECT_EQ(row("cache_type"), R"("exact")");
}

TEST_F(UsageEntryTest, HostileTextIsSafeJson) {
    const std::string hostile("a\0\xff\"\\\n'; DROP TABLE usage;--", 28);
    record.request_id = hostile;
    record.answer_id = hostile;
    record.answer_model = hostile;
    record.usage.raw = "{\"x\xff\":\"\xc3\"}";
    record.usage.present = true;
    const std::string text = entry(hostile)->row();
    const json::Tree tree(text);
    ASSERT_TRUE(tree.root().is_object()) << text;
    EXPECT_EQ(tree.root()["request_id"].raw(),
              "\"a\\u0000\xef\xbf\xbd\\\"\\\\\\n'; DROP TABLE usage;--\"");
}

TEST_F(UsageEntryTest, LongTextIsCutToWhatDatabasesIndex) {
    const std::string path = '/' + std::string(20'000, 'p');
    const std::string bad(20'000, '\xff');
    record.user_path = path;
    record.request_id = bad;
    record.answer_id = bad;
    record.answer_model = bad;
    for (const char* column : {"user_path", "request_id", "provider_id", "model"}) {
        EXPECT_GT(row(column).size(), 700u) << column;
        EXPECT_LT(row(column).size(), 2400u) << column;
    }
}

// Its row finds no memory so many times.
class HungryEntry final : public Entry {
public:
    HungryEntry(std::string id, int failures) : id_(std::move(id)), failures_(failures) {}
    std::string_view table() const override { return "usage"; }
    std::string row() const override {
        if (failures_-- > 0) throw std::bad_alloc();
        return R"({"id":")" + id_ + "\"}";
    }

private:
    const std::string id_;
    mutable int failures_;
};

TEST(EntryList, KeepsTheOrder) {
    const auto made = [](const std::string& id) { return std::make_unique<HungryEntry>(id, 0); };
    EntryList list;
    EXPECT_EQ(list.pop_front(), nullptr);
    list.push_front(made("2"));
    list.push_back(made("3"));
    list.push_front(made("1"));
    EntryList more;
    more.push_back(made("4"));
    list.append(std::move(more));
    list.append(EntryList());
    EXPECT_EQ(list.size(), 4u);
    for (const char* row : {R"({"id":"1"})", R"({"id":"2"})", R"({"id":"3"})", R"({"id":"4"})"})
        EXPECT_EQ(list.pop_front()->row(), row);
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.size(), 0u);
    list.push_back(made("5"));
    EXPECT_EQ(list.pop_front()->row(), R"({"id":"5"})");
}

TEST_F(UsageRecorderTest, AnEntryWaitsForTheMemoryOfItsRow) {
    const auto running = recorder(config::SyncPolicy::kAlways);
    std::vector<std::promise<void>> told(4);
    for (std::size_t i = 0; i < told.size(); ++i) {
        auto pushed = std::make_unique<HungryEntry>(std::to_string(i), i == 2 ? 3 : 0);
        pushed->recorded = [&promise = told[i]] { promise.set_value(); };
        running->push(std::move(pushed));
    }
    for (std::promise<void>& promise : told)
        promise.get_future().wait();
    running->stop();
    EXPECT_EQ(ids(), (std::vector<std::string>{"0", "1", "2", "3"}));
    EXPECT_EQ(running->counts().depth, 0u);
    EXPECT_EQ(running->counts().lost, 0u);
}

TEST_F(UsageRecorderTest, RowsWithoutMemoryAtTheEndAreCountedAsLost) {
    const auto running = recorder();
    running->push(std::make_unique<HungryEntry>("0", 0));
    running->push(std::make_unique<HungryEntry>("1", 1'000'000));
    running->push(std::make_unique<HungryEntry>("2", 0));
    running->stop();
    EXPECT_EQ(ids(), std::vector<std::string>{"0"});
    EXPECT_EQ(running->counts().lost, 2u);
}

TEST_F(UsageRecorderTest, NothingPushedIsLostAndTheOrderOfALoopStays) {
    constexpr int kLoops = 4;
    constexpr int kEach = 5000;
    {
        const auto running = recorder();
        std::vector<std::thread> loops;
        for (int loop = 0; loop < kLoops; ++loop) {
            loops.emplace_back([&, loop] {
                for (int i = 0; i < kEach; ++i)
                    running->push(entry(std::to_string(loop * kEach + i)));
            });
        }
        for (std::thread& loop : loops)
            loop.join();
        running->stop();
        EXPECT_EQ(running->counts().depth, 0u);
        EXPECT_EQ(running->counts().lost, 0u);
    }
    std::vector<int> next(kLoops);
    const std::vector<std::string> found = ids();
    ASSERT_EQ(found.size(), static_cast<std::size_t>(kLoops * kEach));
    for (const std::string& id : found) {
        const int number = std::stoi(id);
        const auto loop = static_cast<std::size_t>(number / kEach);
        EXPECT_EQ(number % kEach, next[loop]++);
    }
}

TEST_F(UsageRecorderTest, AlwaysMeansInTheJournalBeforeItIsSaid) {
    const auto running = recorder(config::SyncPolicy::kAlways);
    EXPECT_TRUE(running->waits_for_journal());
    for (int i = 0; i < 20; ++i) {
        std::promise<std::uint64_t> size;
        const std::uint64_t before = journal->size();
        auto pushed = entry(std::to_string(i));
        pushed->recorded = [&] { size.set_value(journal->size()); };
        running->push(std::move(pushed));
        EXPECT_GT(size.get_future().get(), before);
    }
}

TEST_F(UsageRecorderTest, WhatTheJournalRefusesWaitsInMemory) {
    const TempFolder other;
    JournalLimits limits;
    limits.max_bytes = 4000;
    limits.segment_bytes = 1000;
    journal = Journal::open(other.path(), limits).value();
    const auto running = recorder(config::SyncPolicy::kAlways);
    std::size_t pushed = 0;
    while (!running->counts().journal_refuses) {
        std::promise<void> done;
        auto one = entry(std::to_string(pushed));
        one->recorded = [&] { done.set_value(); };
        running->push(std::move(one));
        done.get_future().wait();
        ASSERT_LT(++pushed, 1000u);
    }
    EXPECT_GT(running->counts().depth, 0u);
    std::vector<std::string> found = ids();  // makes room
    running->push(entry("last"));
    running->stop();
    for (const std::string& id : ids())
        found.push_back(id);
    EXPECT_EQ(found.size(), pushed + 1);
    EXPECT_EQ(running->counts().lost, 0u);
    EXPECT_FALSE(running->counts().journal_refuses);
}

}  // namespace
}  // namespace gomodel::record
