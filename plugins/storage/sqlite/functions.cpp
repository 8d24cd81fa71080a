#include "functions.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "sql/instant.hpp"
#include "time_zone.hpp"

namespace storage_sqlite {
namespace {

constexpr std::int64_t kDay = 86400;

std::string_view text_of(sqlite3_value* value) {
    const auto* text = sqlite3_value_text(value);
    if (text == nullptr) return {};
    return {reinterpret_cast<const char*>(text),
            static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

std::optional<sql::Instant> instant_of(sqlite3_value* value) {
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        return sql::Instant{sqlite3_value_int64(value), 0};
    }
    return sql::parse_instant(text_of(value));
}

void give(sqlite3_context* context, std::string_view text) {
    sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

// What cannot be read as a time is given as it is: an operator should see it.
void time_function(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    const auto instant = instant_of(values[0]);
    if (!instant) {
        sqlite3_result_value(context, values[0]);
        return;
    }
    give(context, sql::format_instant(*instant));
}

std::int64_t floor_to(std::int64_t value, std::int64_t unit) {
    const std::int64_t rest = value % unit;
    return value - (rest < 0 ? rest + unit : rest);
}

// Rows come mostly in the order of time, so most are in the bucket of the row before.
class Bucket {
public:
    Bucket(std::string by, TimeZone zone) : by_(std::move(by)), zone_(std::move(zone)) {}

    const std::string& label(std::int64_t seconds) {
        if (seconds >= begin_ && seconds < end_) return label_;
        const TimeZone::Span span = zone_.at(seconds);
        const std::int64_t local = seconds + span.offset;
        const std::int64_t unit = by_ == "hour" ? 3600 : kDay;
        const std::int64_t floor = floor_to(local, unit);
        // The same label holds at least to the end of the day or hour, or to a change of the clock.
        begin_ = std::max(floor - span.offset, span.begin);
        end_ = std::min(floor + unit - span.offset, span.end);
        label_ = by_ == "hour" ? hour(floor, span.offset) : date(floor / kDay);
        return label_;
    }

private:
    static std::string hour(std::int64_t local, std::int32_t offset) {
        std::string text = sql::format_instant({local, 0}).substr(0, 19);
        char zone[16];
        const int east = offset < 0 ? -offset : offset;
        std::snprintf(zone, sizeof zone, "%c%02d:%02d", offset < 0 ? '-' : '+', east / 3600 % 100,
                      east / 60 % 60);
        return text + zone;
    }
    std::string date(std::int64_t days) const {
        if (by_ == "week") return week(days);
        const std::string text = sql::format_instant({days * kDay, 0});
        return text.substr(0, by_ == "day" ? 10 : by_ == "month" ? 7 : 4);
    }
    // ISO 8601: a week belongs to the year its Thursday is in.
    static std::string week(std::int64_t days) {
        const std::int64_t thursday = floor_to(days + 3, 7);  // days - weekday (Monday 0) + 3
        const std::int64_t year = sql::date_from_days(thursday).year;
        const std::int64_t number = (thursday - sql::days_from_date(year, 1, 1)) / 7 + 1;
        char text[40];
        std::snprintf(text, sizeof text, "%04d-W%02d", static_cast<int>(year),
                      static_cast<int>(number));
        return text;
    }

    const std::string by_;
    const TimeZone zone_;
    std::string label_;
    std::int64_t begin_ = 0;
    std::int64_t end_ = 0;
};

// A connection's buckets; one thread at a time, as the connection.
using Buckets = std::map<std::string, Bucket, std::less<>>;

Bucket* bucket_for(Buckets& buckets, std::string_view by, std::string_view zone) {
    const std::string name = std::string(by) + " " + std::string(zone);
    const auto found = buckets.find(name);
    if (found != buckets.end()) return &found->second;
    auto loaded = TimeZone::load(std::string(zone));
    if (!loaded) return nullptr;
    return &buckets.try_emplace(name, std::string(by), *std::move(loaded)).first->second;
}

void bucket_function(sqlite3_context* context, int, sqlite3_value** values) {
    auto* bucket = static_cast<Bucket*>(sqlite3_get_auxdata(context, 1));
    if (bucket == nullptr) {
        auto& buckets = *static_cast<Buckets*>(sqlite3_user_data(context));
        bucket = bucket_for(buckets, text_of(values[1]), text_of(values[2]));
        if (bucket == nullptr) {
            const std::string message =
                "time zone \"" + std::string(text_of(values[2])) + "\" is not known";
            sqlite3_result_error(context, message.c_str(), -1);
            return;
        }
        sqlite3_set_auxdata(context, 1, bucket, nullptr);
    }
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    const auto instant = instant_of(values[0]);
    if (instant) give(context, bucket->label(instant->seconds));
}

// SQLite calls C functions, through which no exception may pass.
template <void (*Function)(sqlite3_context*, int, sqlite3_value**)>
void guarded(sqlite3_context* context, int count, sqlite3_value** values) {
    try {
        Function(context, count, values);
    } catch (const std::exception&) {
        sqlite3_result_error_nomem(context);
    }
}

}  // namespace

bool add_functions(sqlite3* connection) {
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    if (sqlite3_create_function_v2(connection, "gm_time", 1, kFlags, nullptr,
                                   guarded<time_function>, nullptr, nullptr,
                                   nullptr) != SQLITE_OK) {
        return false;
    }
    // SQLite destroys the buckets with the connection, and when it refuses the function.
    auto buckets = std::make_unique<Buckets>();
    return sqlite3_create_function_v2(connection, "gm_bucket", 3, kFlags, buckets.release(),
                                      guarded<bucket_function>, nullptr, nullptr, [](void* owned) {
                                          delete static_cast<Buckets*>(owned);
                                      }) == SQLITE_OK;
}

}  // namespace storage_sqlite
