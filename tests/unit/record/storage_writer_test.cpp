#include "record/storage_writer.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include <fstream>
#include <sstream>

#include "support/temp_folder.hpp"
#include "unit/record/fake_storage.hpp"

namespace gomodel::record {
namespace {

using gomodel::tests::TempFolder;
using tests::FakeStorage;

class StorageWriterTest : public testing::Test {
protected:
    StorageWriterTest() {
        options.interval = std::chrono::milliseconds(1);
        options.first_retry = std::chrono::milliseconds(1);
        options.last_retry = std::chrono::milliseconds(1);
        options.rejected = folder.path() / "rejected.jsonl";
        reopen();
    }

    void reopen() {
        journal.reset();
        journal = Journal::open(folder.path() / "journal", {}).value();
    }
    void append(int from, int to, const std::string& more = "") {
        append_to(*journal, from, to, more);
    }
    static void append_to(Journal& target, int from, int to, const std::string& more = "") {
        std::string bytes;
        for (int id = from; id < to; ++id) {
            const std::string row = R"({"id":")" + std::to_string(id) + '"' + more + "}";
            append_record(bytes, {"usage", row});
        }
        ASSERT_TRUE(target.append(bytes).ok());
    }
    std::unique_ptr<StorageWriter> writer() {
        return std::make_unique<StorageWriter>(
            *journal, slot,
            [this]() -> base::Result<std::shared_ptr<Storage>> {
                if (opens_to_fail-- > 0)
                    return base::Error{base::Code::kUnavailable, "database is down"};
                return std::shared_ptr<Storage>(storage);
            },
            options, clock, log);
    }

    const TempFolder folder;
    base::Log log{std::make_shared<spdlog::sinks::null_sink_mt>(), base::LogFormat::kText,
                  base::LogLevel::kError};
    const base::SystemClock clock;
    StorageSlot slot;
    StorageWriter::Options options;
    std::unique_ptr<Journal> journal;
    const std::shared_ptr<FakeStorage> storage = std::make_shared<FakeStorage>();
    int opens_to_fail = 0;
};

TEST_F(StorageWriterTest, BringsRowsOfTheJournalInBatches) {
    options.at_once = 10;
    append(0, 95);
    const auto running = writer();
    ASSERT_TRUE(storage->wait_for_rows(95));
    running->stop(std::chrono::seconds(60));
    EXPECT_EQ(storage->writes(), 10u);
    EXPECT_EQ(running->counts().written, 95u);
    EXPECT_TRUE(running->counts().up);
    EXPECT_FALSE(journal->pending());
    EXPECT_EQ(storage->schemas().size(), 2u);  // usage, audit_logs
    EXPECT_EQ(slot.get(), storage);
}

TEST_F(StorageWriterTest, RowsWaitUntilTheStorageIsThere) {
    opens_to_fail = 3;
    append(0, 5);
    const auto running = writer();
    ASSERT_TRUE(storage->wait_for_rows(5));
    running->stop(std::chrono::seconds(60));
    EXPECT_EQ(running->counts().failures, 3u);
}

TEST_F(StorageWriterTest, RowsWaitUntilTheStorageWorksAgain) {
    storage->fail(base::Error{base::Code::kUnavailable, "disk full"});
    append(0, 5);
    const auto running = writer();
    ASSERT_TRUE(storage->wait_for_writes(3));
    EXPECT_FALSE(running->counts().up);
    EXPECT_TRUE(storage->rows().empty());
    append(5, 9);
    storage->fail({});
    ASSERT_TRUE(storage->wait_for_rows(9));
    running->stop(std::chrono::seconds(60));
    EXPECT_EQ(storage->repeated(), 0u);
    EXPECT_GE(running->counts().failures, 3u);
}

TEST_F(StorageWriterTest, RowsWaitForMemory) {
    append(0, 5);
    storage->find_no_memory(2);
    options.first_retry = options.last_retry = std::chrono::milliseconds(1);
    const auto running = writer();
    running->hurry();
    ASSERT_TRUE(storage->wait_for_rows(5));
    running->stop(std::chrono::minutes(1));
    EXPECT_EQ(running->counts().failures, 2u);
    EXPECT_EQ(running->counts().written, 5u);
    EXPECT_TRUE(running->counts().up);
    EXPECT_FALSE(journal->pending());
}

TEST_F(StorageWriterTest, StopWritesWhatIsLeft) {
    options.interval = std::chrono::hours(1);
    const auto running = writer();
    append(0, 2500);
    running->stop(std::chrono::seconds(60));
    EXPECT_EQ(storage->rows().size(), 2500u);
    EXPECT_FALSE(journal->pending());
}

TEST_F(StorageWriterTest, StopLeavesToTheNextOneWhatTheStorageDoesNotTake) {
    storage->fail(base::Error{base::Code::kUnavailable, "down"});
    append(0, 7);
    writer()->stop(std::chrono::seconds(60));
    EXPECT_TRUE(journal->pending());
    reopen();
    storage->fail({});
    const auto next = writer();
    EXPECT_TRUE(storage->wait_for_rows(7));
}

TEST_F(StorageWriterTest, AFullBatchDoesNotWaitForTheInterval) {
    options.interval = std::chrono::hours(1);
    options.batch = 10;
    const auto running = writer();
    append(0, 10);
    running->rows_came(10);
    EXPECT_TRUE(storage->wait_for_rows(10));
}

TEST_F(StorageWriterTest, ARowTheStorageWillNeverTakeIsKeptInAFile) {
    append(0, 20);
    append(20, 21, R"(,"poison":1)");
    append(21, 40);
    const auto running = writer();
    ASSERT_TRUE(storage->wait_for_rows(39));
    running->stop(std::chrono::seconds(60));
    EXPECT_EQ(running->counts().rejected, 1u);
    EXPECT_FALSE(journal->pending());
    std::ostringstream text;
    text << std::ifstream(options.rejected).rdbuf();
    EXPECT_EQ(text.str(), R"({"table":"usage","row":{"id":"20","poison":1}})"
                          "\n");
}

TEST_F(StorageWriterTest, RowsThatAreAllRefusedWait) {
    append(0, 3, R"(,"poison":1)");
    const auto running = writer();
    ASSERT_TRUE(storage->wait_for_writes(20));
    EXPECT_EQ(running->counts().rejected, 0u);
    EXPECT_FALSE(running->counts().up);
    EXPECT_TRUE(journal->pending());
    append(3, 5);
    ASSERT_TRUE(storage->wait_for_rows(2));
    running->stop(std::chrono::seconds(60));
    EXPECT_EQ(running->counts().rejected, 3u);
    EXPECT_FALSE(journal->pending());
}

TEST_F(StorageWriterTest, RowsThatAreReadAgainAreIgnored) {
    append(0, 5);
    {
        const auto running = writer();
        ASSERT_TRUE(storage->wait_for_rows(5));
        running->stop(std::chrono::seconds(60));
    }
    // As if the process had died between the write and noting it.
    std::filesystem::remove(journal->folder() / "position");
    reopen();
    append(5, 6);
    const auto running = writer();
    ASSERT_TRUE(storage->wait_for_rows(6));
    running->stop(std::chrono::seconds(60));
    EXPECT_EQ(storage->rows().size(), 6u);
    EXPECT_EQ(storage->repeated(), 5u);
}

TEST_F(StorageWriterTest, TakesOverWhatAnotherProcessLeftBehind) {
    auto other = Journal::open(folder.path() / "journal", {}).value();
    const std::filesystem::path left = other->folder();
    append_to(*other, 100, 110);
    other.reset();
    options.left_behind = folder.path() / "journal";
    const auto running = writer();
    ASSERT_TRUE(storage->wait_for_rows(10));
    running->stop(std::chrono::seconds(60));
    EXPECT_FALSE(std::filesystem::exists(left));
    EXPECT_TRUE(std::filesystem::exists(journal->folder()));
}

TEST_F(StorageWriterTest, RemovesRowsThatHaveGrownOld) {
    options.usage_days = 90;
    const auto running = writer();
    ASSERT_TRUE(storage->wait_for_erase());
    running->stop(std::chrono::seconds(60));
    const std::vector<std::string> erased = storage->erased();
    ASSERT_EQ(erased.size(), 1u);
    EXPECT_TRUE(erased[0].starts_with(R"({"table":"usage","where":[["timestamp","<","20)"));
}

}  // namespace
}  // namespace gomodel::record
