// Groq: relayed as it is. https://console.groq.com/docs/api-reference
#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"

namespace {

constexpr openai_compat::Vendor kGroq = {
    .id = "provider.groq",
    .summary = "The Groq API",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_FILES | GM_CAN_BATCHES |
           GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .request_id_header = "X-Request-ID",
};

}  // namespace

GM_MODULE("gomodel-groq 1.0.0", openai_compat::VendorProvider<kGroq>);
