// A named time zone of the system's database, for calendar days: when a day begins there, and
// which day an instant falls on. Immutable; any thread.
// Source: RFC 9636 (TZif), and POSIX.1-2017 8.3 for the rule behind the last change.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace gomodel::base {

class TimeZone {
public:
    // nullopt: there is no zone of that name. `folder`: of the database.
    static std::optional<TimeZone> load(std::string_view name,
                                        const std::string& folder = "/usr/share/zoneinfo");
    static TimeZone utc() { return TimeZone("UTC"); }
    // Of all there are, ascending; UTC is always among them.
    static std::vector<std::string> names(const std::string& folder = "/usr/share/zoneinfo");
    // The content of one of its files. nullopt: it is none.
    static std::optional<TimeZone> parse(std::string_view name, std::string_view file);

    const std::string& name() const { return name_; }
    // How far local clocks are ahead of UTC, in seconds; `when` in seconds since 1970.
    std::int64_t offset(std::int64_t when) const;

    std::chrono::sys_days day_of(WallTime when) const;   // the local calendar day
    WallTime start_of(std::chrono::sys_days day) const;  // its first moment

private:
    struct Change {
        std::int64_t when;
        std::int64_t offset;  // from then on
    };
    // When summer time begins or ends: a day, and seconds after its local midnight.
    struct RuleDay {
        char kind = 'M';  // M: week day of a month; J: day 1 to 365, no leap day; 0: day 0 to 365
        int month = 0;
        int week = 0;  // 5: the last one
        int day = 0;
        std::int64_t time = 7200;

        std::int64_t in(std::chrono::year year) const;  // local seconds since 1970
    };
    struct Rule {
        std::int64_t standard = 0;
        std::int64_t summer = 0;
        bool has_summer = false;
        RuleDay begin;
        RuleDay end;

        std::int64_t offset(std::int64_t when) const;
    };
    class RuleText;

    explicit TimeZone(std::string_view name) : name_(name) {}

    std::string name_;
    std::vector<Change> changes_;
    std::int64_t first_ = 0;  // the offset before the first change
    std::optional<Rule> rule_;
};

}  // namespace gomodel::base
