// Takes an error for an answer.
#include "../good_provider.hpp"

class Odd final : public GoodExchange {
public:
    using GoodExchange::GoodExchange;

    gomodel::Framing head(gomodel::Call, const gomodel::ResponseHead&) override {
        return gomodel::Framing::kRelay;
    }
};

GM_MODULE("broken 1.0.0", ProviderOf<Odd>);
