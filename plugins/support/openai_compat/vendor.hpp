// A vendor of the OpenAI dialect as a table of facts: what most of them need instead of code.
//
//   constexpr openai_compat::Vendor kAcme = {.id = "provider.acme", ...};
//   GM_MODULE("gomodel-acme 1.0.0", openai_compat::VendorProvider<kAcme>);
//
// One with a quirk of its own derives from VendorProvider<kAcme>. Threads as in provider.hpp.
#pragma once

#include <gomodel/plugin.hpp>

#include <cstdint>

#include "openai_compat/provider.hpp"

namespace openai_compat {

// What it says of itself, and how it differs from OpenAI.
struct Vendor {
    const char* id;                           // "provider.groq"
    const char* summary;                      // one line, for people
    const char* schema;                       // of its configuration: has base_url and api_key
    std::uint64_t can;                        // GM_CAN_*
    const char* request_id_header = nullptr;  // as in Settings, like the rest
    const char* key_header = nullptr;
    ChatEdit edit_chat = nullptr;
    bool stored_responses = false;
};

template <const Vendor& kVendor>
class VendorProvider : public Provider {
public:
    static constexpr const char* kId = kVendor.id;
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = kVendor.summary;
    static constexpr const char* kSchema = kVendor.schema;
    static constexpr std::uint64_t kFlags = kVendor.can;

    VendorProvider(gomodel::Host, const gomodel::Config& config)
        : Provider({.base_url = config.text("base_url"),
                    .api_key = config.text("api_key"),
                    .request_id_header = kVendor.request_id_header,
                    .key_header = kVendor.key_header,
                    .edit_chat = kVendor.edit_chat,
                    .stored_responses = kVendor.stored_responses}) {}
};

}  // namespace openai_compat
