// Frees what a request needs only when its answer comes.
#include "../good_provider.hpp"

class Odd final : public GoodExchange {
public:
    using GoodExchange::GoodExchange;

    gomodel::Step next(gomodel::Call call, gomodel::HttpOut request) override {
        const gomodel::Step step = GoodExchange::next(call, request);
        if (step == gomodel::Step::kSend) notes_ = new std::string("waiting for an answer");
        return step;
    }
    gomodel::Framing head(gomodel::Call call, const gomodel::ResponseHead& head) override {
        delete notes_;
        return GoodExchange::head(call, head);
    }

private:
    std::string* notes_ = nullptr;
};

GM_MODULE("broken 1.0.0", ProviderOf<Odd>);
