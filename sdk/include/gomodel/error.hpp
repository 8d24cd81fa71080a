// How a plugin says that a call failed: throw an Error. The guard around every call turns it into
// the status the host maps to HTTP, and its message into the explanation an operator reads.
// Any thread.
#pragma once

#include <gomodel/abi.h>

#include <exception>
#include <string>
#include <utility>

namespace gomodel {

// `message` is shown to operators and may reach the client: it names the field, the limit, the
// address that did not answer. Never a secret, so never the text of a foreign exception unread.
class Error : public std::exception {
public:
    // GM_OK is no failure and reads as GM_INTERNAL.
    Error(gm_status_t status, std::string message)
        : status_(status == GM_OK ? GM_INTERNAL : status), message_(std::move(message)) {}

    gm_status_t status() const noexcept { return status_; }
    const char* what() const noexcept override { return message_.c_str(); }
    const std::string& message() const noexcept { return message_; }

private:
    gm_status_t status_;
    std::string message_;
};

// The host wants no more of a result. Thrown by Sink::write and meant for the guard alone, which is
// why it is no std::exception: a handler for those must not swallow it.
struct Refused {
    gm_status_t status;
};

}  // namespace gomodel
