// Takes each piece of an answer for something of its own.
#include "../good_provider.hpp"

class Odd final : public RawExchange {
public:
    using RawExchange::RawExchange;

    void feed(gomodel::Call, std::string_view, std::string_view, gomodel::Sink) override {
        ++pieces_;
    }
    void end(gomodel::Call, gomodel::Sink out) override {
        out.write(GM_OUT_BODY, "{\"pieces\":" + std::to_string(pieces_) + "}");
    }

private:
    int pieces_ = 0;
};

GM_MODULE("broken 1.0.0", ProviderOf<Odd>);
