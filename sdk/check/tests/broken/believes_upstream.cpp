// Passes on whatever comes as if it were an answer.
#include "../good_provider.hpp"

class Odd final : public RawExchange {
public:
    using RawExchange::RawExchange;

    void feed(gomodel::Call, std::string_view, std::string_view data, gomodel::Sink out) override {
        out.write(GM_OUT_BODY, data);
    }
};

GM_MODULE("broken 1.0.0", ProviderOf<Odd>);
