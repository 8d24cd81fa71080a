// A log whose lines a test can read.
#pragma once

#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>

#include "base/log.hpp"

namespace gomodel::tests {

class CapturedLog {
public:
    CapturedLog()
        : log_(std::make_shared<spdlog::sinks::ostream_sink_mt>(text_), base::LogFormat::kJson,
               base::LogLevel::kDebug) {}

    base::Log& log() { return log_; }
    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    base::Log log_;
};

}  // namespace gomodel::tests
