// Has no flag: nobody would ask it anything.
#include "../good_guardrail.hpp"

class Odd final : public GoodGuardrail {
public:
    static constexpr std::uint64_t kFlags = 0;
    using GoodGuardrail::GoodGuardrail;
};

GM_MODULE("broken 1.0.0", Odd);
