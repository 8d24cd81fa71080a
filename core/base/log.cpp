#include "base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <array>
#include <charconv>
#include <cstring>

#include "base/line_writer.hpp"
#include "base/utf8.hpp"

namespace gomodel::base {
namespace {

using namespace std::string_view_literals;

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

// The level as INFO or, in text, INF: the words the reference gateway's users filter on.
class LevelFlag final : public spdlog::custom_flag_formatter {
public:
    explicit LevelFlag(bool brief) : brief_(brief) {}

    void format(const spdlog::details::log_msg& message, const std::tm&,
                spdlog::memory_buf_t& out) override {
        const std::string_view name = word(message.level).substr(0, brief_ ? 3 : 5);
        out.append(name.data(), name.data() + name.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<LevelFlag>(brief_);
    }

private:
    static std::string_view word(spdlog::level::level_enum level) {
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
    const bool brief_;
};

std::unique_ptr<spdlog::formatter> make_formatter(LogFormat format) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<LevelFlag>('*', format != LogFormat::kJson);
    switch (format) {
        case LogFormat::kJson:
            formatter->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%*",%v})");
            break;
        case LogFormat::kColour:
            formatter->set_pattern("%I:%M%p %^%*%$ %v");
            break;
        case LogFormat::kText:
            formatter->set_pattern("%I:%M%p %* %v");
            break;
    }
    return formatter;
}

void append_number(LineWriter& out, auto number) {
    constexpr std::size_t kLongest = 32;
    char* const room = out.room(kLongest);
    out.advance(std::to_chars(room, room + kLongest, number).ptr);
}

// Bytes that stand for themselves inside a JSON string. Those of longer sequences are looked at.
constexpr std::array<bool, 256> make_plain() {
    std::array<bool, 256> plain{};
    for (std::size_t c = 0x20; c < 0x80; ++c)
        plain[c] = c != '"' && c != '\\';
    return plain;
}
constexpr std::array<bool, 256> kPlain = make_plain();

// Appends the escape of the byte `c` that is not plain.
template <class Out>
void append_escape(Out& out, unsigned char c) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
        case '"':
            out.append("\\\""sv);
            return;
        case '\\':
            out.append("\\\\"sv);
            return;
        case '\n':
            out.append("\\n"sv);
            return;
        case '\t':
            out.append("\\t"sv);
            return;
        case '\r':
            out.append("\\r"sv);
            return;
        default:
            break;
    }
    if (c >= 0x80) {
        out.append("\xEF\xBF\xBD"sv);
        return;
    }
    out.append("\\u00"sv);
    out.push_back(kHex[c >> 4]);
    out.push_back(kHex[c & 0xf]);
}

// True iff eight bytes are plain; looked at together, since nearly all text of a log is.
bool all_plain(const char* text) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHigh = 0x8080808080808080;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text, sizeof bytes);
    const std::uint64_t quote = bytes ^ kOnes * '"';
    const std::uint64_t backslash = bytes ^ kOnes * '\\';
    // The high bit of a byte: it is >= 0x80, below 0x20, a quote, a backslash.
    const std::uint64_t special =
        bytes | (bytes - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes);
    return (special & kHigh) == 0;
}

template <class Out>
void append_escaped(Out& out, std::string_view text) {
    std::size_t plain = 0;  // start of the run that needs no escape
    for (std::size_t at = 0; at < text.size();) {
        if (at + 8 <= text.size() && all_plain(text.data() + at)) {
            at += 8;
            continue;
        }
        const auto c = static_cast<unsigned char>(text[at]);
        const std::size_t length = kPlain[c] ? 1 : c < 0x80 ? 0 : utf8_sequence(text, at);
        if (length != 0) {
            at += length;
            continue;
        }
        out.append(text.substr(plain, at - plain));
        append_escape(out, c);
        plain = ++at;
    }
    out.append(text.substr(plain));
}

void append_json_value(LineWriter& out, const LogField& field) {
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
        out.push_back('"');
        append_escaped(out, *text);
        out.push_back('"');
    } else if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
        append_number(out, *integer);
    } else if (const auto* real = std::get_if<double>(&field.value)) {
        append_number(out, *real);
    } else {
        out.append(std::get<bool>(field.value) ? "true" : "false");
    }
}

// Quotes a text value only where it would be misread.
void append_text_value(LineWriter& out, const LogField& field) {
    const auto* text = std::get_if<std::string_view>(&field.value);
    const auto plain = [](std::string_view value) {
        for (const char c : value) {
            if (c <= ' ' || c == '"' || c == '=' || c >= 0x7f) return false;
        }
        return !value.empty();
    };
    if (text != nullptr && plain(*text)) {
        out.append(*text);
    } else {
        append_json_value(out, field);
    }
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
    LineWriter line;
    if (format_ == LogFormat::kJson) {
        line.append(R"("msg":")");
        append_escaped(line, message);
        line.push_back('"');
        for (const LogField& field : fields) {
            line.append(",\"");
            line.append(field.key);
            line.append("\":");
            append_json_value(line, field);
        }
    } else {
        line.append(message);
        for (const LogField& field : fields) {
            line.push_back(' ');
            line.append(field.key);
            line.push_back('=');
            append_text_value(line, field);
        }
    }
    logger_->log(to_spdlog(level), spdlog::string_view_t(line.view().data(), line.view().size()));
}

void append_json_escaped(std::string& out, std::string_view text) {
    append_escaped(out, text);
}

}  // namespace gomodel::base
