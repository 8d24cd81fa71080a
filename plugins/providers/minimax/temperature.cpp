#include "temperature.hpp"

#include <gomodel/json.hpp>

#include "openai_compat/body_edit.hpp"

namespace minimax {

bool raise_temperature(std::string_view body, std::string& out) {
    openai_compat::BodyEdit edit(body);
    const auto raw = edit.value("temperature");
    const auto temperature = raw ? gomodel::json::number(*raw) : std::nullopt;
    if (!temperature || *temperature > 0) return false;
    edit.replace("temperature", "temperature", "1.0");
    out = edit.text();
    return true;
}

}  // namespace minimax
