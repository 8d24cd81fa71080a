// A provider whose upstream speaks the OpenAI API: requests are forwarded and answers relayed, byte
// for byte. Derive from Provider, give it a base URL and a key, and override what the vendor does
// differently: url(), headers(), edit_body(), keep_headers().
//
// One allocation an exchange: the URLs of operations without an id are made once, in the
// constructor. Threads as in gomodel/provider.hpp; the overridable functions are const and run on
// several threads at once.
#pragma once

#include <gomodel/provider.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openai_compat {

// The client's headers that go on to the upstream.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Settings {
    std::string base_url;                     // with or without a slash at its end
    std::string api_key;                      // empty: no Authorization header
    const char* request_id_header = nullptr;  // carries the gateway's request id; null: not sent
};

class Provider : public gomodel::Provider {
public:
    explicit Provider(Settings settings);

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call call, gomodel::Op op) override;

protected:
    friend class Exchange;

    // The absolute URL of an operation: a view of something that lives as long as the provider, or
    // of `storage`, filled here. Throws Error(GM_UNSUPPORTED) when there is none.
    virtual std::string_view url(const gomodel::Op& op, std::string& storage) const;

    // Writes the headers the provider adds by itself. The client's follow and win.
    // Default: Authorization and the request id.
    virtual void headers(gomodel::Call call, gomodel::HttpOut out) const;

    // What to send instead of the client's body. False: forward it untouched.
    // Default: chat requests to reasoning models are adapted (reasoning.hpp).
    virtual bool edit_body(const gomodel::Op& op, std::string& body) const;

    // The client's headers to send on. Default: OpenAI-Beta and Idempotency-Key, and all of them
    // for a passthrough.
    virtual void keep_headers(const gomodel::Op& op, HeaderList& kept) const;

    const std::string& base_url() const { return base_url_; }

private:
    const std::string base_url_;       // without a slash at its end
    const std::string authorization_;  // empty: none
    const char* const request_id_header_;
    std::vector<std::string> urls_;  // of endpoints() by index; empty where an id belongs
};

// True iff `text` may be the value of a header that takes ASCII: 1 to 512 printable bytes.
bool is_header_text(std::string_view text);

}  // namespace openai_compat
