// A library that ends the process that loads it, for the tests of refreshes.

#include <gomodel/plugin.hpp>

#include <cstdlib>

namespace {

class Fragile final : public gomodel::Provider {
public:
    static constexpr const char* kId = "provider.fragile";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Cannot be loaded";
    static constexpr const char* kSchema =
        R"({"type": "object", "additionalProperties": false, "properties": {}})";
    static constexpr std::uint64_t kFlags = GM_CAN_CHAT;

    Fragile(gomodel::Host, const gomodel::Config&) {}
    std::unique_ptr<gomodel::Exchange> open(gomodel::Call, gomodel::Op) override { return nullptr; }
};

gm_status_t init() noexcept {
    std::abort();
}
void deinit() noexcept {}

}  // namespace

GM_MODULE_WITH_INIT("fragile 1.0.0", init, deinit, Fragile);
