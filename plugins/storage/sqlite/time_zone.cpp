#include "time_zone.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <system_error>

#include "sql/instant.hpp"

namespace storage_sqlite {
namespace {

constexpr std::size_t kHeader = 44;
constexpr std::int64_t kYear = 366LL * 86400;

// Big-endian numbers of a TZif file. What lies beyond its end reads as 0.
std::int64_t read_number(std::string_view file, std::size_t at, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
        value = value << 8 | (at + i < file.size() ? static_cast<unsigned char>(file[at + i]) : 0U);
    }
    if (bytes == 4) return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
    return static_cast<std::int64_t>(value);
}

struct Block {
    std::size_t utc, standard, leaps, times, types, letters;

    Block(std::string_view file, std::size_t at)
        : utc(count(file, at, 0)),
          standard(count(file, at, 1)),
          leaps(count(file, at, 2)),
          times(count(file, at, 3)),
          types(count(file, at, 4)),
          letters(count(file, at, 5)) {}

    std::size_t bytes(std::size_t time_size) const {
        return times * (time_size + 1) + types * 6 + letters + leaps * (time_size + 4) + standard +
               utc;
    }
    static std::size_t count(std::string_view file, std::size_t at, std::size_t which) {
        const std::int64_t value = read_number(file, at + 20 + which * 4, 4);
        return value < 0 || value > 100000 ? 100000 : static_cast<std::size_t>(value);
    }
};

}  // namespace

std::optional<TimeZone> TimeZone::load(const std::string& name, const std::string& folder) {
    // Nothing outside of the folder.
    if (name.empty() || name[0] == '/' || name.find("..") != std::string::npos) return std::nullopt;
    const std::filesystem::path path = folder + "/" + name;
    std::error_code ignored;
    std::ifstream in(path, std::ios::binary);
    if (!in || !std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
    const std::string file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    return parse(file);
}

std::optional<TimeZone> TimeZone::parse(std::string_view file) {
    if (file.size() < kHeader || file.substr(0, 4) != "TZif" || file[4] < '2') return std::nullopt;
    // The first block has 32-bit times, for readers of old; the second has all.
    const std::size_t second = kHeader + Block(file, 0).bytes(4);
    const Block block(file, second);
    const std::size_t times = second + kHeader;
    const std::size_t indexes = times + block.times * 8;
    const std::size_t types = indexes + block.times;
    const std::size_t end = times + block.bytes(8);
    if (block.types == 0 || end > file.size()) return std::nullopt;

    TimeZone zone;
    const auto offset_of = [&](std::size_t type) {
        return static_cast<std::int32_t>(
            read_number(file, types + std::min(type, block.types - 1) * 6, 4));
    };
    zone.first_ = offset_of(0);
    for (std::size_t i = 0; i < block.times; ++i) {
        const auto type = static_cast<unsigned char>(file[indexes + i]);
        zone.changes_.push_back({read_number(file, times + i * 8, 8), offset_of(type)});
    }
    const std::string_view footer = file.substr(end);
    if (footer.size() > 2 && footer[0] == '\n') {
        zone.rule_ = ZoneRule::parse(footer.substr(1, footer.find('\n', 1) - 1));
    }
    return zone;
}

TimeZone::Span TimeZone::at(std::int64_t seconds) const {
    const auto next = std::upper_bound(
        changes_.begin(), changes_.end(), seconds,
        [](std::int64_t value, const Change& change) { return value < change.when; });
    const std::int64_t begin =
        next == changes_.begin() ? std::numeric_limits<std::int64_t>::min() : (next - 1)->when;
    const std::int32_t offset = next == changes_.begin() ? first_ : (next - 1)->offset;
    if (next != changes_.end()) return {begin, next->when, offset};
    if (!rule_ || !rule_->changes()) {
        const bool ruled = rule_ && !changes_.empty();
        return {begin, std::numeric_limits<std::int64_t>::max(),
                ruled ? rule_->offset(seconds) : offset};
    }
    // Behind the last change the rule goes on, two changes a year.
    Span span{std::max(begin, seconds - kYear), seconds + kYear, rule_->offset(seconds)};
    const std::int64_t year = sql::date_from_days(seconds / 86400).year;
    for (std::int64_t near = year - 1; near <= year + 1; ++near) {
        for (const std::int64_t change : rule_->changes_of(near)) {
            if (change <= seconds) span.begin = std::max(span.begin, change);
            if (change > seconds) span.end = std::min(span.end, change);
        }
    }
    return span;
}

}  // namespace storage_sqlite
