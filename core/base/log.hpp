// The gateway's log: a message and named fields, written by spdlog as text or as one JSON object a
// line. A line there is no memory for is left out; nothing here throws for that. Passed by
// reference to whoever logs. Any thread.
#pragma once

#include <spdlog/common.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
}

namespace gomodel::base {

enum class LogFormat { kText, kColour, kJson };
enum class LogLevel { kDebug, kInfo, kWarn, kError };

struct LogField {
    std::string_view key;
    std::variant<std::string_view, std::int64_t, double, bool> value;
};

class Log {
public:
    using Fields = std::initializer_list<LogField>;

    Log(spdlog::sink_ptr sink, LogFormat format, LogLevel level);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void debug(std::string_view message, Fields fields = {});
    void info(std::string_view message, Fields fields = {});
    void warn(std::string_view message, Fields fields = {});
    void error(std::string_view message, Fields fields = {});
    bool enabled(LogLevel level) const;

private:
    void write(LogLevel level, std::string_view message, Fields fields);
    void write_line(LogLevel level, std::string_view message, Fields fields);

    const LogFormat format_;
    std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace gomodel::base
