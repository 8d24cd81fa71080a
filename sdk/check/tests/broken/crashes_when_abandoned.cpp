// Expects every exchange to come to its end.
#include <cstdlib>
#include "../good_provider.hpp"

class Odd final : public GoodExchange {
public:
    using GoodExchange::GoodExchange;

    ~Odd() override {
        if (sent_ && !answered_) std::abort();
    }
    gomodel::Framing head(gomodel::Call call, const gomodel::ResponseHead& head) override {
        answered_ = true;
        return GoodExchange::head(call, head);
    }

private:
    bool answered_ = false;
};

GM_MODULE("broken 1.0.0", ProviderOf<Odd>);
