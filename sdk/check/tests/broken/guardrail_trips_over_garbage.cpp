// Believes that what it is shown is a list.
#include <cstdlib>

#include "../good_guardrail.hpp"

class Odd final : public GoodGuardrail {
public:
    using GoodGuardrail::GoodGuardrail;

protected:
    std::string rewrite(std::string_view messages) override {
        if (!messages.starts_with('[')) std::abort();
        return GoodGuardrail::rewrite(messages);
    }
};

GM_MODULE("broken 1.0.0", Odd);
