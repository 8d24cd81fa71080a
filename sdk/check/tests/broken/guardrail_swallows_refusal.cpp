// Takes no notice when the host refuses a rewrite.
#include "../good_guardrail.hpp"

gm_status_t odd_request(void* watch, const gm_call_t* call, gm_str_t messages, const gm_sink_t* out,
                        std::uint32_t* verdict) noexcept {
    const gm_status_t status =
        gomodel::Guardrail::Abi::kTable.request(watch, call, messages, out, verdict);
    return status == GM_CANCELLED ? GM_OK : status;
}

class Odd final : public GoodGuardrail {
public:
    struct Abi {
        using Self = gomodel::Guardrail;
        static constexpr const char* kInterface = GM_GUARDRAIL;
        static constexpr gm_guardrail_t kTable = [] {
            gm_guardrail_t table = gomodel::Guardrail::Abi::kTable;
            table.request = &odd_request;
            return table;
        }();
    };
    using GoodGuardrail::GoodGuardrail;
};

GM_MODULE("broken 1.0.0", Odd);
