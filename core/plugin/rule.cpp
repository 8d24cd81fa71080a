#include "plugin/rule.hpp"

#include <array>

namespace gomodel::plugin {
namespace {

struct Words {
    std::string_view name;
    std::string_view explanation;
};

constexpr std::array<Words, kRules> kWords = {{
    {"status", "a function returned a status that is none of the ten"},
    {"exception", "a function let an exception out"},
    {"deadline", "a function did not return by its deadline"},
    {"no_exchange", "open() returned GM_OK without an exchange or a watch"},
    {"unknown_step", "next() asked for a step that there is not"},
    {"unknown_framing", "head() asked for a framing that there is not"},
    {"malformed_request", "next() described a request that cannot be sent"},
    {"unknown_output", "something of a kind that there is not was written"},
    {"late_write", "something was written after the call it belonged to had returned"},
    {"wrong_thread", "something was written on another thread than the call's"},
    {"unknown_verdict", "request() gave a verdict that there is not, or not for requests"},
    {"malformed_messages", "request() gave GM_REWRITE and wrote no list of messages"},
}};

}  // namespace

std::string_view to_string(Rule rule) {
    return kWords.at(static_cast<std::size_t>(rule)).name;
}

std::string_view explain(Rule rule) {
    return kWords.at(static_cast<std::size_t>(rule)).explanation;
}

}  // namespace gomodel::plugin
