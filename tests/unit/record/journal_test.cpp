#include "record/journal.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/crc32c.hpp"
#include "support/temp_folder.hpp"

namespace gomodel::record {
namespace {

using gomodel::tests::TempFolder;

std::string encoded(std::string_view row, std::string_view table = "usage") {
    std::string bytes;
    append_record(bytes, {table, row});
    return bytes;
}

std::unique_ptr<Journal> opened(const std::filesystem::path& folder, JournalLimits limits = {}) {
    base::Result<std::unique_ptr<Journal>> journal = Journal::open(folder, limits);
    EXPECT_TRUE(journal.ok()) << journal.error().message;
    return std::move(*journal);
}

// Every row that waits, noting each batch as done.
std::vector<std::string> drain(Journal& journal, std::size_t at_once = 3) {
    std::vector<std::string> rows;
    for (;;) {
        const base::Result<JournalBatch> batch = journal.read(at_once);
        EXPECT_TRUE(batch.ok());
        if (!batch.ok() || batch->records.empty()) return rows;
        for (const JournalRecord& record : batch->records)
            rows.emplace_back(record.row);
        EXPECT_TRUE(journal.advance(batch->end).ok());
    }
}

std::filesystem::path only_segment(const std::filesystem::path& folder) {
    return folder / "0" / segment_name(1);
}

TEST(Crc32c, KnownValues) {  // RFC 3720, B.4
    EXPECT_EQ(base::crc32c("123456789"), 0xe3069283u);
    EXPECT_EQ(base::crc32c(std::string(32, '\0')), 0x8a9136aau);
    EXPECT_EQ(base::crc32c("6789", base::crc32c("12345")), base::crc32c("123456789"));
    EXPECT_EQ(base::crc32c_by_table("123456789"), 0xe3069283u);
}

TEST(Crc32c, IsTheSameOnEveryProcessor) {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        const auto half = static_cast<std::size_t>(i / 2);
        EXPECT_EQ(base::crc32c(bytes), base::crc32c_by_table(bytes)) << i;
        EXPECT_EQ(base::crc32c(std::string_view(bytes).substr(half),
                               base::crc32c(std::string_view(bytes).substr(0, half))),
                  base::crc32c_by_table(bytes))
            << i;
        bytes += static_cast<char>(i * 167 + 13);
    }
}

TEST(JournalFormat, ARecordIsReadAsItWasWritten) {
    const std::string bytes = encoded(R"({"id":"1"})", "audit_logs") + encoded("{}");
    const ReadRecord first = read_record(bytes);
    ASSERT_EQ(first.state, RecordState::kRecord);
    EXPECT_EQ(first.record.table, "audit_logs");
    EXPECT_EQ(first.record.row, R"({"id":"1"})");
    const ReadRecord second = read_record(std::string_view(bytes).substr(first.size));
    EXPECT_EQ(second.record.row, "{}");
    EXPECT_EQ(first.size + second.size, bytes.size());
    EXPECT_EQ(read_record("").state, RecordState::kEnd);
}

TEST(JournalFormat, CutOffAnywhereIsTorn) {
    const std::string bytes = encoded(R"({"id":"1"})");
    for (std::size_t size = 1; size < bytes.size(); ++size)
        EXPECT_EQ(read_record(bytes.substr(0, size)).state, RecordState::kTorn) << size;
}

TEST(JournalFormat, AnyChangedBitIsTorn) {
    const std::string bytes = encoded(R"({"id":"1"})");
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_EQ(read_record(damaged).state, RecordState::kTorn) << bit;
    }
}

TEST(JournalFormat, NamesAndPositions) {
    EXPECT_EQ(segment_name(7), "0000000007.journal");
    EXPECT_EQ(segment_number(segment_name(12'345'678'901)), 12'345'678'901u);
    for (const char* other : {"lock", "position", "7.journal", "000000000x.journal"})
        EXPECT_EQ(segment_number(other), 0u) << other;
    std::string position = encode_position({3, 4'000'000'000'000});
    EXPECT_EQ(decode_position(position), (JournalPosition{3, 4'000'000'000'000}));
    position[2] = 1;
    EXPECT_EQ(decode_position(position), std::nullopt);
}

TEST(Journal, GivesRowsBackInOrderOnce) {
    const TempFolder folder;
    const auto journal = opened(folder.path());
    EXPECT_FALSE(journal->pending());
    std::vector<std::string> rows;
    for (int i = 0; i < 10; ++i) {
        rows.push_back(std::to_string(i));
        ASSERT_TRUE(journal->append(encoded(rows.back())).ok());
    }
    EXPECT_TRUE(journal->pending());
    EXPECT_EQ(drain(*journal), rows);
    EXPECT_FALSE(journal->pending());
    EXPECT_TRUE(drain(*journal).empty());
}

TEST(Journal, GoesOnAfterARestartWhereItGotTo) {
    const TempFolder folder;
    {
        const auto journal = opened(folder.path());
        ASSERT_TRUE(journal->append(encoded("1") + encoded("2") + encoded("3")).ok());
        const base::Result<JournalBatch> batch = journal->read(2);
        ASSERT_TRUE(batch.ok());
        ASSERT_TRUE(journal->advance(batch->end).ok());
    }
    const auto journal = opened(folder.path());
    ASSERT_TRUE(journal->append(encoded("4")).ok());
    EXPECT_EQ(drain(*journal), (std::vector<std::string>{"3", "4"}));
}

TEST(Journal, RowsNotAdvancedPastComeAgain) {
    const TempFolder folder;
    const auto journal = opened(folder.path());
    ASSERT_TRUE(journal->append(encoded("1")).ok());
    for (int again = 0; again < 2; ++again) {
        const base::Result<JournalBatch> batch = journal->read(9);
        ASSERT_TRUE(batch.ok());
        ASSERT_EQ(batch->records.size(), 1u);
        EXPECT_EQ(batch->records[0].row, "1");
    }
}

TEST(Journal, ATailTornAnywhereCostsOnlyItself) {
    const std::string whole = encoded("first");
    const std::string torn = encoded("second");
    for (std::size_t kept = 0; kept < torn.size(); ++kept) {
        const TempFolder folder;
        {
            const auto journal = opened(folder.path());
            ASSERT_TRUE(journal->append(whole + torn).ok());
        }
        std::filesystem::resize_file(only_segment(folder.path()),
                                     kSegmentMagic.size() + whole.size() + kept);
        const auto journal = opened(folder.path());
        ASSERT_TRUE(journal->append(encoded("third")).ok());
        EXPECT_EQ(drain(*journal), (std::vector<std::string>{"first", "third"})) << kept;
    }
}

TEST(Journal, SaysHowMuchWasTorn) {
    const TempFolder folder;
    {
        const auto journal = opened(folder.path());
        ASSERT_TRUE(journal->append(encoded("1")).ok());
    }
    std::ofstream(only_segment(folder.path()), std::ios::app) << "xyz";
    const auto journal = opened(folder.path());
    ASSERT_EQ(journal->read(9)->records.size(), 1u);
    ASSERT_TRUE(journal->advance(journal->read(9)->end).ok());
    EXPECT_EQ(journal->read(9)->torn, 3u);
}

TEST(Journal, DamagedPositionReplaysFromTheStart) {
    const TempFolder folder;
    {
        const auto journal = opened(folder.path());
        ASSERT_TRUE(journal->append(encoded("1") + encoded("2")).ok());
        EXPECT_EQ(drain(*journal).size(), 2u);
    }
    std::ofstream(folder.path() / "0" / "position") << "?";
    EXPECT_EQ(drain(*opened(folder.path())), (std::vector<std::string>{"1", "2"}));
}

TEST(Journal, FreesSegmentsThatAreDoneWith) {
    const TempFolder folder;
    JournalLimits limits;
    limits.segment_bytes = 100;
    const auto journal = opened(folder.path(), limits);
    std::vector<std::string> rows;
    for (int i = 0; i < 50; ++i) {
        rows.push_back(std::string(40, 'r') + std::to_string(i));
        ASSERT_TRUE(journal->append(encoded(rows.back())).ok());
    }
    const std::uint64_t full = journal->size();
    EXPECT_EQ(drain(*journal), rows);
    EXPECT_LT(journal->size(), full / 10);
}

TEST(Journal, RefusesAtItsLimitAndTakesMoreOnceThereIsRoom) {
    const TempFolder folder;
    const auto journal = opened(folder.path(), {1000, 100});
    int taken = 0;
    base::Status status;
    while ((status = journal->append(encoded(std::string(50, 'r')))).ok())
        ++taken;
    EXPECT_EQ(status.error().code, base::Code::kExhausted);
    EXPECT_NE(status.error().message.find("1000 bytes"), std::string::npos);
    EXPECT_LE(journal->size(), 1000u);
    EXPECT_EQ(drain(*journal).size(), static_cast<std::size_t>(taken));
    EXPECT_TRUE(journal->append(encoded("more")).ok());
    EXPECT_EQ(drain(*journal), std::vector<std::string>{"more"});
}

TEST(Journal, ARecordLargerThanAReadIsWhole) {
    const TempFolder folder;
    const auto journal = opened(folder.path());
    const std::string large(std::size_t{9} << 20, 'x');
    ASSERT_TRUE(journal->append(encoded(large) + encoded("small")).ok());
    EXPECT_EQ(drain(*journal), (std::vector<std::string>{large, "small"}));
}

TEST(Journal, EachProcessHasOneOfItsOwnAndWhatIsLeftBehindIsFound) {
    const TempFolder folder;
    auto first = opened(folder.path());
    const auto second = opened(folder.path());
    EXPECT_NE(first->folder(), second->folder());
    EXPECT_TRUE(Journal::left_behind(folder.path()).empty());
    ASSERT_TRUE(first->append(encoded("1")).ok());
    first.reset();
    const auto left = Journal::left_behind(folder.path());
    ASSERT_EQ(left.size(), 1u);
    EXPECT_EQ(drain(*left[0]), std::vector<std::string>{"1"});
    left[0]->remove();
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "0"));
}

TEST(Journal, AFolderThatCannotBeMadeIsNamed) {
    const TempFolder folder;
    std::ofstream(folder.path() / "file") << "x";
    const auto journal = Journal::open(folder.path() / "file" / "journal", {});
    ASSERT_FALSE(journal.ok());
    EXPECT_NE(journal.error().message.find("file/journal/0"), std::string::npos);
}

}  // namespace
}  // namespace gomodel::record
