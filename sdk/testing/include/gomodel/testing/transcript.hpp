// What goes into a driven exchange and what is seen to come out of it, as plain values.
#pragma once

#include <gomodel/abi.h>
#include <gomodel/testing/recording_sink.hpp>
#include <gomodel/view.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gomodel::testing {

struct Header {
    std::string name;
    std::string value;

    bool operator==(const Header&) const = default;
};
using HeaderList = std::vector<Header>;

inline const std::string* find_header(const HeaderList& headers, std::string_view name) {
    for (const Header& header : headers) {
        if (iequals(header.name, name)) return &header.value;
    }
    return nullptr;
}

// What the client asks for: gm_op_t with its bytes.
struct Operation {
    std::uint32_t kind = GM_CAN_CHAT;
    bool stream = false;
    std::string action, id, method, path, query, model, body;
    std::string content_type = "application/json";
    HeaderList headers;
    std::string request_id = "request-1";
};

// A recorded answer of the upstream.
struct Response {
    std::uint32_t status = 200;
    HeaderList headers;  // names in lower case, as hosts pass them
    std::string body;
};

// A request the provider described.
struct SentRequest {
    std::string method, url;
    HeaderList headers;
    std::string body;        // what goes over the wire, forwarded or not
    bool forwarded = false;  // forward_body() was called
};

struct ExchangeOptions {
    static constexpr std::size_t kWhole = static_cast<std::size_t>(-1);

    std::size_t piece = 0;           // feed bodies in pieces of this many bytes; 0: whole
    std::size_t cut = kWhole;        // or cut each body in two at this position
    gm_status_t refuse = GM_OK;      // what the host's sink answers to every write
    std::size_t max_calls = 100000;  // an exchange that is not done by then never will be
};

// What happened.
struct Transcript {
    gm_status_t status = GM_OK;  // of the last call
    std::string failed_in;       // the function that returned another status than GM_OK
    std::string message;         // the last explanation
    bool done = false;           // the exchange came to its end
    std::vector<SentRequest> sent;
    std::vector<std::uint64_t> delays_ns;  // asked for; recorded, not slept
    std::vector<Output> outputs;           // what the provider wrote
    std::string relayed;                   // the body framed GM_FRAME_RELAY
    std::optional<Response> error;         // the answer framed GM_FRAME_ERROR
    std::uint32_t http_status = 0;         // of the last answer
    std::vector<std::string> violations;   // of the contract in abi/provider.h

    // The outputs of one kind.
    std::vector<std::string> written(std::uint32_t kind) const {
        std::vector<std::string> found;
        for (const Output& output : outputs) {
            if (output.kind == kind) found.push_back(output.bytes);
        }
        return found;
    }
    std::vector<std::string> chunks() const { return written(GM_OUT_CHUNK); }
    std::string body() const { return joined(GM_OUT_BODY); }
    std::string error_body() const { return joined(GM_OUT_ERROR); }

private:
    std::string joined(std::uint32_t kind) const {
        std::string all;
        for (const Output& output : outputs) {
            if (output.kind == kind) all += output.bytes;
        }
        return all;
    }
};

}  // namespace gomodel::testing
