// A named time zone, from the system's tz database: how far its clocks are from UTC at an instant,
// and for how long that stays so. Immutable.
// Source: RFC 9636 (TZif).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zone_rule.hpp"

namespace storage_sqlite {

class TimeZone {
public:
    // nullopt: there is no zone of that name. `folder`: where the tz database is.
    static std::optional<TimeZone> load(const std::string& name,
                                        const std::string& folder = "/usr/share/zoneinfo");
    // From the contents of a TZif file. nullopt: it is none.
    static std::optional<TimeZone> parse(std::string_view file);

    struct Span {
        std::int64_t begin;   // in seconds since 1970
        std::int64_t end;     // the first second when it may be different
        std::int32_t offset;  // seconds east of UTC
    };
    Span at(std::int64_t seconds) const;

private:
    TimeZone() = default;

    struct Change {
        std::int64_t when;
        std::int32_t offset;  // from then on
    };
    std::vector<Change> changes_;
    std::int32_t first_ = 0;        // the offset before the first change
    std::optional<ZoneRule> rule_;  // behind the last change
};

}  // namespace storage_sqlite
