// Leaves the last of several messages out.
#include "../good_guardrail.hpp"

class Odd final : public GoodGuardrail {
public:
    using GoodGuardrail::GoodGuardrail;

protected:
    std::string rewrite(std::string_view messages) override {
        const gomodel::json::Tree tree(messages);
        if (!tree.root().is_array()) throw gomodel::Error(GM_INVALID, "no list of messages");
        std::string text = "[";
        const std::size_t count = tree.root().size();
        std::size_t index = 0;
        for (const gomodel::json::Node message : tree.root()) {
            if (++index == count && count == 4) break;
            if (index != 1) text += ',';
            text += message.raw();
        }
        return text + ']';
    }
};

GM_MODULE("broken 1.0.0", Odd);
