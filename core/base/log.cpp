#include "base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <charconv>
#include <chrono>
#include <ctime>
#include <new>

#include "base/json_escape.hpp"
#include "base/line_writer.hpp"
#include "base/text.hpp"

namespace gomodel::base {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug:
            return spdlog::level::debug;
        case LogLevel::kInfo:
            return spdlog::level::info;
        case LogLevel::kWarn:
            return spdlog::level::warn;
        case LogLevel::kError:
            break;
    }
    return spdlog::level::err;
}

// INFO or, in text, INF: the words the reference gateway's users filter on.
std::string_view word(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::debug:
            return "DEBUG";
        case spdlog::level::info:
            return "INFO";
        case spdlog::level::warn:
            return "WARN";
        default:
            return "ERROR";
    }
}

class LevelFlag final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&,
                spdlog::memory_buf_t& out) override {
        const std::string_view name = word(message.level).substr(0, 3);
        out.append(name.data(), name.data() + name.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<LevelFlag>();
    }
};

// {"time":"2026-01-31T12:00:00.123+00:00","level":"INFO",...}. A pattern would do it too, at
// several times the cost, and one line is written for every request.
class JsonFormatter final : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const auto since = message.time.time_since_epoch();
        const auto second = std::chrono::floor<std::chrono::seconds>(since);
        if (second != second_) start_second(second);
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since - second);
        for (auto digits = ms.count(), at = kMilliseconds + 2; at >= kMilliseconds; --at) {
            head_[static_cast<std::size_t>(at)] = static_cast<char>('0' + digits % 10);
            digits /= 10;
        }
        const std::string_view level = word(message.level);
        out.reserve(head_.size() + level.size() + message.payload.size() + 8);
        append(out, head_);
        append(out, level);
        append(out, "\",");
        append(out, {message.payload.data(), message.payload.size()});
        append(out, "}\n");
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonFormatter>();
    }

private:
    static constexpr std::int64_t kMilliseconds = 29;  // where they are in head_

    static void append(spdlog::memory_buf_t& out, std::string_view text) {
        out.append(text.data(), text.data() + text.size());
    }
    void start_second(std::chrono::seconds second) {
        second_ = second;
        const std::time_t time = second.count();
        std::tm local{};
        ::localtime_r(&time, &local);
        char date[32];
        char zone[8];
        std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &local);
        std::strftime(zone, sizeof zone, "%z", &local);
        head_ = R"({"time":")" + std::string(date) + ".000" + zone;
        head_.insert(head_.size() - 2, ":");
        head_ += R"(","level":")";
    }

    std::chrono::seconds second_{-1};
    std::string head_;
};

std::unique_ptr<spdlog::formatter> make_formatter(LogFormat format) {
    if (format == LogFormat::kJson) return std::make_unique<JsonFormatter>();
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<LevelFlag>('*');
    formatter->set_pattern(format == LogFormat::kColour ? "%I:%M%p %^%*%$ %v" : "%I:%M%p %* %v");
    return formatter;
}

// Room for any value: a number, or a text with all of it escaped.
std::size_t room_for(const LogField& field) {
    constexpr std::size_t kNumber = 32;
    const auto* text = std::get_if<std::string_view>(&field.value);
    return kNumber + (text == nullptr ? 0 : kMaxEscape * text->size());
}

char* write_json_value(char* to, const LogField& field) {
    constexpr std::size_t kNumber = 32;
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
        *to++ = '"';
        to = write_json_escaped(to, *text);
        *to++ = '"';
        return to;
    }
    if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
        return std::to_chars(to, to + kNumber, *integer).ptr;
    }
    if (const auto* real = std::get_if<double>(&field.value)) {
        return std::to_chars(to, to + kNumber, *real).ptr;
    }
    return put(to, std::get<bool>(field.value) ? "true" : "false");
}

void append_json_field(LineWriter& line, const LogField& field) {
    char* to = line.room(field.key.size() + 4 + room_for(field));
    to = put(to, ",\"");
    to = put(to, field.key);
    to = put(to, "\":");
    line.advance(write_json_value(to, field));
}

bool is_plain(std::string_view text) {
    for (const char c : text) {
        if (c <= ' ' || c == '"' || c == '=' || c >= 0x7f) return false;
    }
    return !text.empty();
}

// Quotes a text value only where it would be misread.
void append_text_field(LineWriter& line, const LogField& field) {
    char* to = line.room(field.key.size() + 2 + room_for(field));
    *to++ = ' ';
    to = put(to, field.key);
    *to++ = '=';
    const auto* text = std::get_if<std::string_view>(&field.value);
    const bool bare = text != nullptr && is_plain(*text);
    line.advance(bare ? put(to, *text) : write_json_value(to, field));
}

}  // namespace

Log::Log(spdlog::sink_ptr sink, LogFormat format, LogLevel level)
    : format_(format), logger_(std::make_unique<spdlog::logger>("gomodel", std::move(sink))) {
    logger_->set_formatter(make_formatter(format));
    logger_->set_level(to_spdlog(level));
    logger_->flush_on(spdlog::level::err);
}

Log::~Log() = default;

bool Log::enabled(LogLevel level) const {
    return logger_->should_log(to_spdlog(level));
}

void Log::debug(std::string_view message, Fields fields) {
    write(LogLevel::kDebug, message, fields);
}
void Log::info(std::string_view message, Fields fields) {
    write(LogLevel::kInfo, message, fields);
}
void Log::warn(std::string_view message, Fields fields) {
    write(LogLevel::kWarn, message, fields);
}
void Log::error(std::string_view message, Fields fields) {
    write(LogLevel::kError, message, fields);
}

void Log::write(LogLevel level, std::string_view message, Fields fields) {
    if (!enabled(level)) return;
    try {
        write_line(level, message, fields);
    } catch (const std::bad_alloc&) {  // whoever says that memory is short must not fail by that
    }
}

void Log::write_line(LogLevel level, std::string_view message, Fields fields) {
    LineWriter line;
    if (format_ == LogFormat::kJson) {
        // The message as a field, without the comma before the first one.
        append_json_field(line, {"msg", message});
        for (const LogField& field : fields)
            append_json_field(line, field);
    } else {
        line.append(message);
        for (const LogField& field : fields)
            append_text_field(line, field);
    }
    const std::string_view text = line.view().substr(format_ == LogFormat::kJson ? 1 : 0);
    logger_->log(to_spdlog(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace gomodel::base
