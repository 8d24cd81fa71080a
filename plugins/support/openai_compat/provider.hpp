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
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "openai_compat/reasoning.hpp"

namespace openai_compat {

// The client's headers that go on to the upstream.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

// A header as views of what lives as long as the provider. An empty name: none.
struct HeaderView {
    std::string_view name;
    std::string_view value;
};

// Makes the client's answer of a whole body that is not in the OpenAI dialect: writes GM_OUT_BODY,
// or throws an Error.
using Translation = std::function<void(std::string_view body, gomodel::Sink out)>;

struct Settings {
    std::string base_url;                     // with or without a slash at its end
    std::string api_key;                      // empty: no credential is sent
    const char* request_id_header = nullptr;  // carries the gateway's request id; null: not sent
    const char* key_header = nullptr;         // carries the bare key; null: Authorization: Bearer
    ChatEdit edit_chat = &edit_for_openai;    // what the vendor's chat asks for; null: nothing
    bool stored_responses = true;  // false: a response can be made, not asked for afterwards
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

    // The header that identifies the operator to the vendor. Default: as Settings say.
    virtual HeaderView credential(const gomodel::Op& op) const;

    // Writes what else the provider adds to every request. The client's headers follow and win.
    // Default: the request id.
    virtual void headers(gomodel::Call call, gomodel::HttpOut out) const;

    // What to send instead of the client's body. False: forward it untouched.
    // Default: Settings::edit_chat, for chat requests.
    virtual bool edit_body(const gomodel::Op& op, std::string& body) const;

    // The client's headers to send on, and what depends on the operation.
    // Default: OpenAI-Beta and Idempotency-Key, and all of the client's for a passthrough.
    virtual void keep_headers(const gomodel::Op& op, HeaderList& kept) const;

    // How to read a good answer that is no event stream. Default, empty: it is relayed.
    virtual Translation translation(const gomodel::Op& op) const;

    const std::string& base_url() const { return base_url_; }

private:
    const std::string base_url_;    // without a slash at its end
    const char* const key_header_;  // null: none
    const std::string credential_;
    const char* const request_id_header_;
    const ChatEdit edit_chat_;
    const bool stored_responses_;
    std::vector<std::string> urls_;  // of endpoints() by index; empty where an id belongs
};

// `url` without the slashes at its end.
std::string without_slash(std::string url);

// The client's path of a passthrough, without a slash in front.
std::string_view passthrough_path(const gomodel::Op& op);

// True iff `path` is `folder` or below it; a query does not count.
bool is_below(std::string_view path, std::string_view folder);

// True iff `text` may be the value of a header that takes ASCII: 1 to 512 printable bytes.
bool is_header_text(std::string_view text);

}  // namespace openai_compat
