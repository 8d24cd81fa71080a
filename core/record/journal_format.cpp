#include "record/journal_format.hpp"

#include "base/crc32c.hpp"
#include "base/text.hpp"

namespace gomodel::record {
namespace {

constexpr std::string_view kSuffix = ".journal";
constexpr std::size_t kNumberDigits = 10;
constexpr std::size_t kPositionSize = 20;

// Little-endian, whatever the machine is.
template <typename T>
void put_at(std::string& bytes, std::size_t place, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
        bytes[place + i] = static_cast<char>((value >> (8 * i)) & 0xff);
}

template <typename T>
void put(std::string& bytes, T value) {
    bytes.resize(bytes.size() + sizeof(T));
    put_at(bytes, bytes.size() - sizeof(T), value);
}

template <typename T>
T get(std::string_view bytes) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value |= static_cast<T>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return value;
}

}  // namespace

std::size_t record_size(const JournalRecord& record) {
    return kRecordHead + 1 + record.table.size() + record.row.size();
}

void append_record(std::string& bytes, const JournalRecord& record) {
    const std::size_t start = bytes.size();
    put<std::uint32_t>(bytes, 0);
    put(bytes, static_cast<std::uint32_t>(record_size(record) - kRecordHead));
    bytes += static_cast<char>(record.table.size());
    bytes += record.table;
    bytes += record.row;
    put_at(bytes, start, base::crc32c(std::string_view(bytes).substr(start + 4)));
}

ReadRecord read_record(std::string_view bytes) {
    ReadRecord read;
    if (bytes.empty()) return read;
    read.state = RecordState::kTorn;
    if (bytes.size() < kRecordHead) return read;
    const std::size_t length = get<std::uint32_t>(bytes.substr(4));
    if (length == 0 || length > kMaxRecord || bytes.size() - kRecordHead < length) return read;
    read.size = kRecordHead + length;
    const std::string_view checked = bytes.substr(4, length + 4);
    if (base::crc32c(checked) != get<std::uint32_t>(bytes)) return read;
    const std::string_view content = bytes.substr(kRecordHead, length);
    const std::size_t table = static_cast<unsigned char>(content[0]);
    if (content.size() < 1 + table) return read;
    read.record = {content.substr(1, table), content.substr(1 + table)};
    read.state = RecordState::kRecord;
    return read;
}

std::string encode_position(const JournalPosition& position) {
    std::string bytes;
    put(bytes, position.segment);
    put(bytes, position.offset);
    put(bytes, base::crc32c(bytes));
    return bytes;
}

std::optional<JournalPosition> decode_position(std::string_view bytes) {
    if (bytes.size() != kPositionSize) return std::nullopt;
    if (base::crc32c(bytes.substr(0, 16)) != get<std::uint32_t>(bytes.substr(16)))
        return std::nullopt;
    return JournalPosition{get<std::uint64_t>(bytes), get<std::uint64_t>(bytes.substr(8))};
}

std::string segment_name(std::uint64_t number) {
    std::string digits = std::to_string(number);
    if (digits.size() < kNumberDigits) digits.insert(0, kNumberDigits - digits.size(), '0');
    return digits.append(kSuffix);
}

std::uint64_t segment_number(std::string_view name) {
    if (!name.ends_with(kSuffix)) return 0;
    const std::string_view digits = name.substr(0, name.size() - kSuffix.size());
    if (digits.size() < kNumberDigits) return 0;
    return base::parse_decimal(digits).value_or(0);
}

}  // namespace gomodel::record
