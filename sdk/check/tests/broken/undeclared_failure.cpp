// Declares embeddings and then has nothing to send.
#include "../good_provider.hpp"

class Silent final : public gomodel::Exchange {
public:
    gomodel::Step next(gomodel::Call, gomodel::HttpOut) override { return gomodel::Step::kDone; }
    gomodel::Framing head(gomodel::Call, const gomodel::ResponseHead&) override {
        return gomodel::Framing::kRelay;
    }
};

class Odd final : public GoodProvider {
public:
    using GoodProvider::GoodProvider;

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call call, gomodel::Op op) override {
        if (op.kind() == GM_CAN_EMBED) return std::make_unique<Silent>();
        return GoodProvider::open(call, op);
    }
};

GM_MODULE("broken 1.0.0", Odd);
