// The bytes of the journal's files, without the files: docs/journal.md describes them. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gomodel::record {

// A place in the journal: a segment, by number, and a byte in it.
struct JournalPosition {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;

    auto operator<=>(const JournalPosition&) const = default;
};

// Every segment begins with these bytes.
inline constexpr std::string_view kSegmentMagic = "GMJRNL1\n";
inline constexpr std::size_t kRecordHead = 8;  // checksum and length
inline constexpr std::size_t kMaxRecord = std::size_t{64} << 20;

// One row for one table of the storage.
struct JournalRecord {
    std::string_view table;  // at most 255 bytes
    std::string_view row;    // a JSON object
};

// How many bytes the record takes.
std::size_t record_size(const JournalRecord& record);
// REQUIRES: record_size() is at most kMaxRecord.
void append_record(std::string& bytes, const JournalRecord& record);

enum class RecordState {
    kRecord,  // a whole one
    kEnd,     // nothing comes after
    kTorn,    // the rest is no whole record: a write was cut off, or the file is damaged
};

struct ReadRecord {
    RecordState state = RecordState::kEnd;
    JournalRecord record;  // views into the bytes
    std::size_t size = 0;  // of the record in the file
};

// What `bytes` begin with.
ReadRecord read_record(std::string_view bytes);

// The file that says how far the journal has been written to the storage.
std::string encode_position(const JournalPosition& position);
// nullopt: damaged.
std::optional<JournalPosition> decode_position(std::string_view bytes);

// "0000000001.journal" and back. 0: another file.
std::string segment_name(std::uint64_t number);
std::uint64_t segment_number(std::string_view name);

}  // namespace gomodel::record
