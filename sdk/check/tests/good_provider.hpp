// A provider that passes every test. The modules in broken/ derive from it and spoil one thing
// each.
#pragma once

#include <gomodel/plugin.hpp>

#include <memory>
#include <string>
#include <string_view>

class GoodProvider : public gomodel::Provider {
public:
    static constexpr const char* kId = "provider.good";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Keeps the contract";
    static constexpr const char* kSchema = R"({
      "type": "object", "additionalProperties": false, "required": ["api_key"],
      "properties": {
        "api_key": {"type": "string", "description": "Bearer token.", "x-secret": true},
        "base_url": {"type": "string", "default": "https://api.example.com/v1",
                     "description": "Where the API lives."}
      }
    })";
    static constexpr std::uint64_t kFlags = GM_CAN_CHAT | GM_CAN_EMBED | GM_CAN_STREAM;

    GoodProvider(gomodel::Host, const gomodel::Config& config)
        : api_key_(config.text("api_key")), base_url_(config.text("base_url")) {
        while (base_url_.ends_with('/'))
            base_url_.pop_back();
    }

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call, gomodel::Op op) override;

protected:
    friend class GoodExchange;

    virtual std::string url(const gomodel::Op& op) {
        return base_url_ + (op.kind() == GM_CAN_CHAT ? "/chat/completions" : "/embeddings");
    }

    std::string api_key_;
    std::string base_url_;
};

class GoodExchange : public gomodel::Exchange {
public:
    GoodExchange(GoodProvider& provider, const gomodel::Op& op)
        : provider_(provider), url_(provider.url(op)) {}

    gomodel::Step next(gomodel::Call, gomodel::HttpOut request) override {
        if (sent_) return gomodel::Step::kDone;
        sent_ = true;
        request.target("POST", url_);
        request.header("Authorization", "Bearer " + provider_.api_key_);
        request.forward_body();
        return gomodel::Step::kSend;
    }
    gomodel::Framing head(gomodel::Call, const gomodel::ResponseHead& head) override {
        return head.ok() ? gomodel::Framing::kRelay : gomodel::Framing::kError;
    }

protected:
    GoodProvider& provider_;
    const std::string url_;
    bool sent_ = false;
};

inline std::unique_ptr<gomodel::Exchange> GoodProvider::open(gomodel::Call, gomodel::Op op) {
    return std::make_unique<GoodExchange>(*this, op);
}

// A provider whose exchanges are E instead.
template <typename E>
class ProviderOf : public GoodProvider {
public:
    using GoodProvider::GoodProvider;

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call, gomodel::Op op) override {
        return std::make_unique<E>(*this, op);
    }
};

// Error answers go to the host, good ones are fed in pieces.
class RawExchange : public GoodExchange {
public:
    using GoodExchange::GoodExchange;

    gomodel::Framing head(gomodel::Call, const gomodel::ResponseHead& head) override {
        return head.ok() ? gomodel::Framing::kRaw : gomodel::Framing::kError;
    }
};
