// Keeps in the provider what belongs to an exchange.
#include "../good_provider.hpp"

class Odd;

class OddExchange final : public GoodExchange {
public:
    OddExchange(Odd& owner, const gomodel::Op& op);

    gomodel::Step next(gomodel::Call call, gomodel::HttpOut request) override;

private:
    Odd& owner_;
};

class Odd final : public GoodProvider {
public:
    using GoodProvider::GoodProvider;

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call, gomodel::Op op) override {
        current_url = url(op);
        return std::make_unique<OddExchange>(*this, op);
    }

    std::string current_url;
};

OddExchange::OddExchange(Odd& owner, const gomodel::Op& op)
    : GoodExchange(owner, op), owner_(owner) {}

gomodel::Step OddExchange::next(gomodel::Call call, gomodel::HttpOut request) {
    const gomodel::Step step = GoodExchange::next(call, request);
    if (step == gomodel::Step::kSend) request.target("POST", owner_.current_url);
    return step;
}

GM_MODULE("broken 1.0.0", Odd);
