// A provider that cannot be made: its constructor throws what its configuration asks for.
#include <gomodel/plugin.hpp>

#include <memory>
#include <stdexcept>
#include <string>

class Thrower final : public gomodel::Provider {
public:
    static constexpr const char* kId = "provider.thrower";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Throws when it is made, or when it is asked";
    static constexpr const char* kSchema = R"({
      "type": "object", "additionalProperties": false, "required": ["api_key"],
      "properties": {
        "api_key": {"type": "string", "description": "Unused.", "x-secret": true},
        "throws": {"type": "string", "enum": ["error", "exception", "number", "later"],
                   "default": "error", "description": "What."}
      }
    })";
    static constexpr std::uint64_t kFlags = GM_CAN_CHAT | GM_CAN_STREAM;

    Thrower(gomodel::Host, const gomodel::Config& config) {
        const std::string what(config.text("throws"));
        if (what == "error") throw gomodel::Error(GM_DENIED, "the licence has run out");
        if (what == "exception") throw std::runtime_error("some detail");
        if (what == "number") throw 42;
    }

    std::unique_ptr<gomodel::Exchange> open(gomodel::Call, gomodel::Op) override {
        throw std::runtime_error("some detail");
    }
};

GM_MODULE("gomodel-thrower 1.0.0", Thrower);
