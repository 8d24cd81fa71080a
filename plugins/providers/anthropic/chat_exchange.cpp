#include "anthropic/chat_exchange.hpp"

#include <optional>

#include "anthropic/answer.hpp"
#include "anthropic/dates.hpp"
#include "anthropic/finish.hpp"
#include "anthropic/model_list.hpp"
#include "anthropic/stream.hpp"

namespace anthropic {
namespace {

using gomodel::Call;
using gomodel::Framing;
using gomodel::HttpOut;
using gomodel::Op;
using gomodel::ResponseHead;
using gomodel::Sink;
using gomodel::Step;

constexpr const char* kFilesBeta = "files-api-2025-04-14";

void add_beta(std::string& betas, std::string_view more) {
    if (more.empty()) return;
    if (!betas.empty()) betas += ',';
    betas += more;
}

bool is_header_text(std::string_view text) {
    if (text.empty() || text.size() > 512) return false;
    for (const char c : text) {
        if (c < 0x20 || c > 0x7E) return false;
    }
    return true;
}

void write_headers(const Account& account, const std::string& betas, Call call, HttpOut request) {
    request.header("x-api-key", account.api_key);
    request.header("anthropic-version", "2023-06-01");
    if (!betas.empty()) request.header("anthropic-beta", betas);
    if (is_header_text(call.request_id())) request.header("X-Request-Id", call.request_id());
}

// When the answer was made.
std::int64_t date_of(const ResponseHead& head) {
    const auto date = head.headers.find("date");
    return (date ? read_http_date(*date) : std::nullopt).value_or(now());
}

// What a whole and a streamed answer share: one request, translated.
class ChatExchange : public gomodel::Exchange {
public:
    ChatExchange(const Account& account, const Op& op)
        : account_(account),
          model_(op.model()),
          betas_(account.betas),
          request_(translate_request(op.model(), op.body(), op.stream(), account.limits)) {
        add_beta(betas_, op.headers().find("anthropic-beta").value_or(std::string_view()));
        if (request_.uses_files) add_beta(betas_, kFilesBeta);
    }

    Step next(Call call, HttpOut request) override {
        if (sent_) return Step::kDone;
        sent_ = true;
        request.target("POST", account_.base_url + "/messages");
        request.header("Content-Type", "application/json");
        write_headers(account_, betas_, call, request);
        request.body(request_.body);
        request_.body = std::string();
        return Step::kSend;
    }

protected:
    const std::string& model() const { return model_; }
    bool include_usage() const { return request_.include_usage; }

private:
    const Account& account_;
    const std::string model_;
    std::string betas_;
    ChatRequest request_;
    bool sent_ = false;
};

class WholeChat final : public ChatExchange {
public:
    using ChatExchange::ChatExchange;

    Framing head(Call, const ResponseHead& head) override {
        if (!head.ok()) return Framing::kError;
        created_ = date_of(head);
        return Framing::kRaw;
    }
    void feed(Call, std::string_view, std::string_view data, Sink) override { body_ += data; }
    void end(Call, Sink out) override {
        const Translated answer = translate_answer(body_, model(), created_);
        out.write(answer.error ? GM_OUT_ERROR : GM_OUT_BODY, answer.json);
    }

private:
    std::string body_;
    std::int64_t created_ = 0;
};

class StreamedChat final : public ChatExchange {
public:
    using ChatExchange::ChatExchange;

    Framing head(Call, const ResponseHead& head) override {
        if (!head.ok()) return Framing::kError;
        stream_.emplace(model(), include_usage(), date_of(head));
        return Framing::kSse;
    }
    void feed(Call, std::string_view, std::string_view data, Sink out) override {
        stream_->feed(data, out);
    }
    void end(Call, Sink out) override { stream_->end(out); }

private:
    std::optional<Stream> stream_;  // since the head of the answer
};

// A request in the API's own dialect, as the client sent it. What the client says of the API's
// version and of beta features counts, and not what the instance says.
class Messages final : public gomodel::Exchange {
public:
    Messages(const Account& account, const Op& op)
        : account_(account), url_(account.base_url + "/messages") {
        if (!op.action().empty()) url_.append("/").append(op.action());
        for (const char* const name : {"anthropic-version", "anthropic-beta"}) {
            const auto value = op.headers().find(name);
            if (value && !value->empty()) said_.emplace_back(name, *value);
        }
    }

    Step next(Call call, HttpOut request) override {
        if (sent_) return Step::kDone;
        sent_ = true;
        request.target("POST", url_);
        request.header("Content-Type", "application/json");
        write_headers(account_, account_.betas, call, request);
        for (const auto& [name, value] : said_)
            request.header(name, value);
        request.forward_body();
        return Step::kSend;
    }
    Framing head(Call, const ResponseHead& head) override {
        return head.ok() ? Framing::kRelay : Framing::kError;
    }

private:
    const Account& account_;
    std::string url_;
    std::vector<std::pair<std::string, std::string>> said_;
    bool sent_ = false;
};

class Models final : public gomodel::Exchange {
public:
    explicit Models(const Account& account) : account_(account) {}

    Step next(Call call, HttpOut request) override {
        if (done_) return Step::kDone;
        std::string url = account_.base_url + "/models?limit=1000";
        if (!list_.after().empty()) append_encoded(url += "&after_id=", list_.after());
        request.target("GET", url);
        write_headers(account_, account_.betas, call, request);
        page_.clear();
        return Step::kSend;
    }
    Framing head(Call, const ResponseHead& head) override {
        if (!head.ok()) return Framing::kError;
        asked_at_ = date_of(head);
        return Framing::kRaw;
    }
    void feed(Call, std::string_view, std::string_view data, Sink) override { page_ += data; }
    void end(Call, Sink out) override {
        const bool whole = list_.add(page_, asked_at_);
        done_ = !whole || list_.after().empty();
        if (!whole) {
            out.write(GM_OUT_ERROR, error_json("the upstream's answer is not a list of models"));
        } else if (done_) {
            out.write(GM_OUT_BODY, list_.finish());
        }
    }

private:
    static void append_encoded(std::string& url, std::string_view text) {
        constexpr std::string_view kHex = "0123456789ABCDEF";
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                               (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
            if (plain) {
                url += c;
            } else {
                url += '%';
                url += kHex[byte >> 4];
                url += kHex[byte & 15];
            }
        }
    }

    const Account& account_;
    ModelList list_;
    std::string page_;
    std::int64_t asked_at_ = 0;
    bool done_ = false;
};

// Anything of the API, as the client sent it; its own headers win, but for the key.
class Passthrough final : public gomodel::Exchange {
public:
    Passthrough(const Account& account, const Op& op)
        : account_(account),
          method_(op.method()),
          content_type_(op.content_type()),
          has_body_(!op.body().empty()) {
        std::string_view path = op.path();
        while (path.starts_with('/'))
            path.remove_prefix(1);
        url_.append(account.base_url).append("/").append(path);
        for (const gm_pair_t& pair : op.headers())
            kept_.emplace_back(gomodel::view(pair.name), gomodel::view(pair.value));
    }

    Step next(Call call, HttpOut request) override {
        if (sent_) return Step::kDone;
        sent_ = true;
        request.target(method_, url_);
        if (has_body_) request.header("Content-Type", content_type_);
        write_headers(account_, account_.betas, call, request);
        for (const auto& [name, value] : kept_) {
            if (!gomodel::iequals(name, "x-api-key")) request.header(name, value);
        }
        if (has_body_) request.forward_body();
        return Step::kSend;
    }
    Framing head(Call, const ResponseHead& head) override {
        return head.ok() ? Framing::kRelay : Framing::kError;
    }

private:
    const Account& account_;
    const std::string method_;
    const std::string content_type_;
    std::string url_;
    std::vector<std::pair<std::string, std::string>> kept_;
    const bool has_body_;
    bool sent_ = false;
};

}  // namespace

std::unique_ptr<gomodel::Exchange> open_chat(const Account& account, Op op) {
    if (op.stream()) return std::make_unique<StreamedChat>(account, op);
    return std::make_unique<WholeChat>(account, op);
}

std::unique_ptr<gomodel::Exchange> open_messages(const Account& account, Op op) {
    if (!op.action().empty() && op.action() != "count_tokens") return nullptr;
    return std::make_unique<Messages>(account, op);
}

std::unique_ptr<gomodel::Exchange> open_models(const Account& account) {
    return std::make_unique<Models>(account);
}

std::unique_ptr<gomodel::Exchange> open_passthrough(const Account& account, Op op) {
    return std::make_unique<Passthrough>(account, op);
}

}  // namespace anthropic
