// Exchanges to drive a provider with: one for each operation it declares, with an answer in the
// OpenAI dialect. A provider of another dialect meets them as an upstream gone astray, and brings
// its own as fixtures.
#pragma once

#include <gomodel/testing/exchange.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace gomodel::check {

struct Scenario {
    std::string name;  // "chat stream", or the fixture's folder
    testing::Operation op;
    std::vector<testing::Response> answers;
    std::string config;  // of the instance it needs; empty: any
};

// `flags`: gm_plugin.flags.
std::vector<Scenario> scenarios_for(std::uint64_t flags);

// "chat" for GM_CAN_CHAT, as in a fixture's op.json; null for anything else.
const char* name_of_kind(std::uint32_t kind);
// 0 for a name that is none.
std::uint32_t kind_of_name(std::string_view name);

}  // namespace gomodel::check
