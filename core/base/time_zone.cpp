#include "base/time_zone.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace gomodel::base {
namespace {

namespace chr = std::chrono;

constexpr std::int64_t kDay = 86400;
constexpr std::size_t kMaxName = 64;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Names such as America/Argentina/Buenos_Aires and Etc/GMT+5: nothing that leaves the folder.
// All zones of the database begin with a capital; "localtime" and "posix/" are no names of zones.
bool is_zone_name(std::string_view name) {
    return !name.empty() && name.size() <= kMaxName && is_letter(name[0]) && name[0] <= 'Z' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return is_letter(c) || is_digit(c) || c == '/' || c == '_' || c == '+' || c == '-';
           });
}

// Big-endian numbers, one after the other. Past the end they are 0 and ok() is false.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    std::int64_t number(std::size_t size) {
        const std::string_view bytes = take(size);
        std::uint64_t value = 0;
        for (const char c : bytes)
            value = value << 8 | static_cast<unsigned char>(c);
        if (size == 4) return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
        return static_cast<std::int64_t>(value);
    }
    std::string_view take(std::size_t size) {
        if (size > rest_.size()) {
            ok_ = false;
            return {};
        }
        const std::string_view bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return bytes;
    }
    std::string_view rest() const { return rest_; }
    bool ok() const { return ok_; }

private:
    std::string_view rest_;
    bool ok_ = true;
};

struct Header {
    std::size_t utc_marks, standard_marks, leaps, times, types, letters;

    std::size_t size(std::size_t time_size) const {
        return times * (time_size + 1) + types * 6 + letters + leaps * (time_size + 4) +
               standard_marks + utc_marks;
    }
};

std::optional<Header> read_header(Reader& reader) {
    const std::string_view start = reader.take(20);
    if (!start.starts_with("TZif") || start[4] < '2') return std::nullopt;
    Header header{};
    for (std::size_t* const count : {&header.utc_marks, &header.standard_marks, &header.leaps,
                                     &header.times, &header.types, &header.letters}) {
        const std::int64_t value = reader.number(4);
        if (value < 0 || value > 100'000) return std::nullopt;
        *count = static_cast<std::size_t>(value);
    }
    if (!reader.ok()) return std::nullopt;
    return header;
}

}  // namespace

// "CET-1CEST,M3.5.0,M10.5.0/3"
class TimeZone::RuleText {
public:
    explicit RuleText(std::string_view text) : rest_(text) {}

    std::optional<Rule> rule() {
        Rule rule;
        if (!name() || !time(rule.standard)) return std::nullopt;
        rule.standard = -rule.standard;  // POSIX counts westward
        if (rest_.empty()) return rule;
        rule.has_summer = true;
        rule.summer = rule.standard + 3600;
        if (!name()) return std::nullopt;
        if (!rest_.starts_with(',')) {
            if (!time(rule.summer)) return std::nullopt;
            rule.summer = -rule.summer;
        }
        if (!day(rule.begin) || !day(rule.end) || !rest_.empty()) return std::nullopt;
        return rule;
    }

private:
    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool name() {
        const std::size_t end =
            rest_.starts_with('<')
                ? rest_.find('>') + 1
                : static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_letter) -
                                           rest_.begin());
        rest_.remove_prefix(std::min(end, rest_.size()));
        return end != 0;
    }
    bool number(std::int64_t& value) {
        value = 0;
        const std::size_t before = rest_.size();
        while (!rest_.empty() && is_digit(rest_[0]) && before - rest_.size() < 4) {
            value = value * 10 + (rest_[0] - '0');
            rest_.remove_prefix(1);
        }
        return rest_.size() != before;
    }
    bool time(std::int64_t& seconds) {
        const bool negative = take('-');
        if (!negative) take('+');
        std::int64_t part = 0;
        if (!number(part)) return false;
        seconds = part * 3600;
        for (const std::int64_t unit : {60, 1}) {
            if (!take(':')) break;
            if (!number(part)) return false;
            seconds += part * unit;
        }
        if (negative) seconds = -seconds;
        return true;
    }
    bool day(RuleDay& day) {
        if (!take(',')) return false;
        std::int64_t part = 0;
        if (take('M')) {
            day.kind = 'M';
            for (int* const field : {&day.month, &day.week, &day.day}) {
                if (field != &day.month && !take('.')) return false;
                if (!number(part)) return false;
                *field = static_cast<int>(part);
            }
            if (day.month < 1 || day.month > 12 || day.week < 1 || day.week > 5 || day.day > 6)
                return false;
        } else {
            day.kind = take('J') ? 'J' : '0';
            if (!number(part)) return false;
            day.day = static_cast<int>(part);
        }
        return !take('/') || time(day.time);
    }

    std::string_view rest_;
};

std::int64_t TimeZone::RuleDay::in(chr::year year) const {
    chr::sys_days date;
    if (kind == 'M') {
        const chr::weekday weekday(static_cast<unsigned>(day));
        const auto its_month = year / static_cast<int>(month);
        date = week == 5 ? chr::sys_days(its_month / weekday[chr::last])
                         : chr::sys_days(its_month / weekday[static_cast<unsigned>(week)]);
    } else {
        const bool after_leap_day = kind == 'J' && year.is_leap() && day > 59;
        const int index = kind == 'J' ? day - 1 + (after_leap_day ? 1 : 0) : day;
        date = chr::sys_days(year / chr::January / 1) + chr::days(index);
    }
    return date.time_since_epoch().count() * kDay + time;
}

std::int64_t TimeZone::Rule::offset(std::int64_t when) const {
    if (!has_summer) return standard;
    const chr::year_month_day date{
        chr::floor<chr::days>(chr::sys_seconds(chr::seconds(when + standard)))};
    const std::int64_t from = begin.in(date.year()) - standard;
    const std::int64_t to = end.in(date.year()) - summer;
    const bool is_summer = from < to ? when >= from && when < to : when >= from || when < to;
    return is_summer ? summer : standard;
}

std::optional<TimeZone> TimeZone::load(std::string_view name, const std::string& folder) {
    if (!is_zone_name(name)) return std::nullopt;
    const std::filesystem::path path = folder + '/' + std::string(name);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
    std::ifstream in(path, std::ios::binary);
    const std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return parse(name, file);
}

std::vector<std::string> TimeZone::names(const std::string& folder) {
    namespace fs = std::filesystem;
    std::set<std::string> names{"UTC"};
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        const std::string name = at->path().lexically_relative(folder).string();
        std::error_code ignored;
        if (!is_zone_name(name)) {
            if (at->is_directory(ignored)) at.disable_recursion_pending();
            continue;
        }
        std::array<char, 4> magic{};
        if (!at->is_regular_file(ignored)) continue;
        std::ifstream(at->path(), std::ios::binary).read(magic.data(), magic.size());
        if (std::string_view(magic.data(), magic.size()) == "TZif") names.insert(name);
    }
    return {names.begin(), names.end()};
}

std::optional<TimeZone> TimeZone::parse(std::string_view name, std::string_view file) {
    Reader reader(file);
    // A block with 32-bit times for readers of old comes first.
    const std::optional<Header> old = read_header(reader);
    if (!old) return std::nullopt;
    reader.take(old->size(4));
    const std::optional<Header> header = read_header(reader);
    if (!header || header->types == 0) return std::nullopt;
    Reader body(reader.take(header->size(8)));
    if (!reader.ok()) return std::nullopt;

    TimeZone zone(name);
    for (std::size_t i = 0; i < header->times; ++i)
        zone.changes_.push_back({body.number(8), 0});
    const std::string_view indexes = body.take(header->times);
    std::vector<std::int64_t> offsets;
    for (std::size_t i = 0; i < header->types; ++i) {
        offsets.push_back(body.number(4));
        body.take(2);
    }
    zone.first_ = offsets[0];
    for (std::size_t i = 0; i < header->times; ++i) {
        const auto type = static_cast<unsigned char>(indexes[i]);
        if (type >= offsets.size()) return std::nullopt;
        zone.changes_[i].offset = offsets[type];
    }
    const std::string_view footer = reader.rest();
    if (const std::size_t end = footer.find('\n', 1);
        footer.starts_with('\n') && end != std::string_view::npos && end > 1) {
        zone.rule_ = RuleText(footer.substr(1, end - 1)).rule();
    }
    return zone;
}

std::int64_t TimeZone::offset(std::int64_t when) const {
    const auto next =
        std::upper_bound(changes_.begin(), changes_.end(), when,
                         [](std::int64_t at, const Change& change) { return at < change.when; });
    if (next == changes_.end() && rule_) return rule_->offset(when);
    return next == changes_.begin() ? first_ : std::prev(next)->offset;
}

chr::sys_days TimeZone::day_of(WallTime when) const {
    const auto seconds = chr::floor<chr::seconds>(when);
    return chr::floor<chr::days>(seconds +
                                 chr::seconds(offset(seconds.time_since_epoch().count())));
}

// Clocks may jump over midnight, so it is searched for.
WallTime TimeZone::start_of(chr::sys_days day) const {
    const std::int64_t local = day.time_since_epoch().count() * kDay;
    std::int64_t before = local - 2 * kDay;
    std::int64_t at = local + 2 * kDay;
    while (at - before > 1) {
        const std::int64_t middle = before + (at - before) / 2;
        (middle + offset(middle) >= local ? at : before) = middle;
    }
    return WallTime(chr::seconds(at));
}

}  // namespace gomodel::base
