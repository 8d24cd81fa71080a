// Throws up its hands when an answer is not what it expected.
#include "../good_provider.hpp"

#include <stdexcept>

class Odd final : public RawExchange {
public:
    using RawExchange::RawExchange;

    void feed(gomodel::Call, std::string_view, std::string_view data, gomodel::Sink) override {
        body_ += data;
    }
    void end(gomodel::Call, gomodel::Sink out) override {
        if (!gomodel::json::valid(body_)) throw std::runtime_error("parse error");
        out.write(GM_OUT_BODY, body_);
    }

private:
    std::string body_;
};

GM_MODULE("broken 1.0.0", ProviderOf<Odd>);
