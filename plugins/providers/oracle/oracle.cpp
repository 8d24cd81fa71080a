// OCI Generative AI, the endpoints that speak the OpenAI API. They rarely list their models: name
// them in the configuration.
// https://docs.oracle.com/en-us/iaas/Content/generative-ai/openai-compatible-api.htm
#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"

namespace {

constexpr openai_compat::Vendor kOracle = {
    .id = "provider.oracle",
    .summary = "OCI Generative AI, its OpenAI-compatible endpoints",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_RESPONSES | GM_CAN_LIST_MODELS | GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .edit_chat = &openai_compat::edit_keeping_reasoning,
};

}  // namespace

GM_MODULE("gomodel-oracle 1.0.0", openai_compat::VendorProvider<kOracle>);
