// Mixes what it was shown last into what it makes of the next list.
#include "../good_guardrail.hpp"

class Odd final : public GoodGuardrail {
public:
    using GoodGuardrail::GoodGuardrail;

protected:
    std::string rewrite(std::string_view messages) override {
        std::string text = GoodGuardrail::rewrite(messages);
        const std::string count = std::to_string(++looks_);
        return text.insert(text.find("good.") + 5, " " + count);
    }

private:
    int looks_ = 0;
};

GM_MODULE("broken 1.0.0", Odd);
