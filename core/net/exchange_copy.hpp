// What passes between a client and the gateway in one exchange, copied as it passes: for a log of
// exchanges. ServerExchange fills it and does nothing else with it. Copying is all that is done
// here; whoever keeps the log makes sense of it on a thread of its own. Loop thread, until it is
// moved away.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_message.hpp"

namespace gomodel::net {

struct CopyRules {
    bool fields = true;  // of the heads
    bool bodies = true;
    std::size_t max_body = std::size_t{1} << 20;
    std::size_t max_stream = std::size_t{4} << 20;  // of an answer that is a stream of events
};

// One direction.
struct MessageCopy {
    std::string fields;      // "name: value\n" each, as they came
    std::string credential;  // Authorization, or X-Api-Key, as it came
    std::string content_type;
    std::string content_encoding;
    std::string body;   // its beginning
    bool cut = false;   // there was more of it
    bool keep = false;  // the body is wanted: it is text
    bool stream = false;

    // Reads a head.
    void begin(const HeaderFields& head, const CopyRules& rules);
    void append(std::string_view bytes, std::size_t limit);
};

class ExchangeCopy {
public:
    ExchangeCopy(const HeaderFields& asked, const CopyRules& rules) : rules_(rules) {
        request.begin(asked, rules);
    }

    void received(std::string_view bytes) {
        if (request.keep) request.append(bytes, rules_.max_body);
    }
    void answered(const HeaderFields& fields) { response.begin(fields, rules_); }
    void sent(std::string_view bytes) {
        if (response.keep)
            response.append(bytes, response.stream ? rules_.max_stream : rules_.max_body);
    }

    // How much memory it takes, about.
    std::size_t size() const {
        return request.fields.size() + request.body.size() + response.fields.size() +
               response.body.size();
    }

    MessageCopy request;
    MessageCopy response;

private:
    CopyRules rules_;
};

}  // namespace gomodel::net
