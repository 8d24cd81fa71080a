// What is asked of a guardrail.

#include <gomodel/abi.h>
#include <gomodel/json_tree.hpp>

#include <array>
#include <string>
#include <vector>

#include "guardrail_under_test.hpp"
#include "subject.hpp"
#include "suites.hpp"

namespace gomodel::check {
namespace {

using Look = GuardrailUnderTest::Look;

constexpr std::array<std::string_view, 6> kConversations = {
    R"([])",
    R"([{"role":"user","content":"Hello"}])",
    R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Hello"}])",
    R"([{"role":"developer","content":"Be \"brief\".\n"},{"role":"user","content":""},)"
    R"({"role":"assistant","content":"H\u00e9, \ud83d\ude00"},{"role":"user","content":"more"}])",
    R"([{"role":"user","content":"Weather?"},{"role":"assistant","content":"","content_null":true,)"
    R"("tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
    R"({"role":"tool","content":"rain","tool_call_id":"c1"},{"role":"user","content":"So?"}])",
    R"([{"role":"user","content":"a"},{"role":"system","content":"b"},)"
    R"({"role":"user","content":"c"},{"role":"system","content":"d"}])",
};

bool is_system(json::Node message) {
    return message["role"].equals("system") || message["role"].equals("developer");
}

// Roles and ids of those that are no system messages: what a rewrite must leave alone.
std::string shape(json::Node messages) {
    std::string text;
    for (const json::Node message : messages) {
        if (is_system(message)) continue;
        text += message["role"].text() + ' ' + message["tool_call_id"].text() + '\n';
    }
    return text;
}

void check_rewrite(std::string_view before, const Look& look) {
    const std::string of = " of " + std::string(before);
    expect(look.writes == 1, "request gave GM_REWRITE and wrote " + std::to_string(look.writes) +
                                 " times, not once, for the messages" + of);
    const json::Tree now(look.written);
    expect(now.root().is_array(), "the rewrite" + of + " is no JSON array: " + look.written);
    bool whole = true;
    for (const json::Node message : now.root())
        whole = whole && !message["role"].text().empty() && message["content"].is_string();
    expect(whole, "the rewrite" + of + " has a message without role or text: " + look.written);
    const json::Tree was(before);
    expect(shape(was.root()) == shape(now.root()),
           "the rewrite" + of +
               " adds, drops or moves messages that are no system messages: " + look.written);
}

void watches_something(Subject& subject) {
    constexpr std::uint64_t kKnown = GM_GUARD_REQUEST | GM_GUARD_RESPONSE | GM_GUARD_BLOCKING;
    const std::uint64_t flags = subject.plugin().flags;
    expect((flags & ~kKnown) == 0, "flags has bits that are no GM_GUARD_ flag");
    expect((flags & (GM_GUARD_REQUEST | GM_GUARD_RESPONSE)) != 0,
           "flags has neither GM_GUARD_REQUEST nor GM_GUARD_RESPONSE: it would never be asked");
}

void need_requests(Subject& subject) {
    if ((subject.plugin().flags & GM_GUARD_REQUEST) == 0) skip("it does not watch requests");
}

void rewrite_pushes_once(Subject& subject) {
    need_requests(subject);
    const GuardrailUnderTest guardrail(subject);
    for (const std::string_view conversation : kConversations) {
        const Look look = guardrail.look_at(conversation);
        expect(look.status == GM_OK, "request returned " + name_of_status(look.status) + ", " +
                                         look.message + ", for " + std::string(conversation));
        if (look.verdict == GM_REWRITE) {
            check_rewrite(conversation, look);
            continue;
        }
        expect(look.verdict == GM_PASS || look.verdict == GM_BLOCK,
               "request gave the verdict " + std::to_string(look.verdict) +
                   ", which there is not for requests");
        expect(look.writes == 0, "request wrote messages though it did not give GM_REWRITE");
        expect(look.verdict != GM_BLOCK || !look.message.empty(),
               "request gave GM_BLOCK without explaining why");
    }
}

void long_conversation(Subject& subject) {
    need_requests(subject);
    std::string conversation = "[";
    for (int i = 0; i < 2000; ++i) {
        if (i != 0) conversation += ',';
        conversation += R"({"role":")" + std::string(i % 2 == 0 ? "user" : "assistant") +
                        R"(","content":")" + std::string(500, 'x') + "\"}";
    }
    conversation += ']';
    const Look look = GuardrailUnderTest(subject).look_at(conversation);
    expect(look.status == GM_OK, "request returned " + name_of_status(look.status) +
                                     " for 2000 messages of 1 MB together");
    if (look.verdict == GM_REWRITE) check_rewrite(conversation, look);
}

void garbage_is_refused(Subject& subject) {
    need_requests(subject);
    const GuardrailUnderTest guardrail(subject);
    for (const std::string_view text :
         {"", "{", "[", "null", "{}", "[1,\"a\",null]", "[{}]", "[{\"role\":7,\"content\":[]}]",
          "[{\"role\":\"user\",\"content\":\"\xff\"}]"}) {
        const Look look = guardrail.look_at(text);  // it may fail; it must not crash
        expect(look.status != GM_OK || look.verdict <= GM_BLOCK, "request gave the verdict " +
                                                                     std::to_string(look.verdict) +
                                                                     " for " + std::string(text));
    }
}

void watch_closes_at_every_step(Subject& subject) {
    need_requests(subject);
    const GuardrailUnderTest guardrail(subject);
    for (int i = 0; i < 100; ++i)
        guardrail.close(guardrail.open_or_skip());
    for (const std::string_view conversation : kConversations)
        guardrail.look_at(conversation);
}

void two_watches_interleaved(Subject& subject) {
    need_requests(subject);
    const GuardrailUnderTest guardrail(subject);
    std::vector<Look> alone;
    for (const std::string_view conversation : kConversations)
        alone.push_back(guardrail.look_at(conversation));
    std::vector<void*> watches;
    for (std::size_t i = 0; i < kConversations.size(); ++i)
        watches.push_back(guardrail.open_or_skip());
    for (std::size_t i = kConversations.size(); i-- > 0;) {
        const Look look = guardrail.show(watches[i], kConversations[i]);
        expect(
            look.verdict == alone[i].verdict && look.written == alone[i].written,
            "with other watches open it made something else of " + std::string(kConversations[i]));
    }
    for (void* const watch : watches)
        guardrail.close(watch);
}

void refused_rewrite_propagates(Subject& subject) {
    need_requests(subject);
    const GuardrailUnderTest guardrail(subject);
    bool refused = false;
    for (const std::string_view conversation : kConversations) {
        const Look look = guardrail.look_at(conversation, GM_CANCELLED);
        if (look.refused == 0) continue;
        refused = true;
        expect(look.status == GM_CANCELLED, "request returned " + name_of_status(look.status) +
                                                ", not the status its sink refused with");
    }
    if (!refused) skip("it rewrites none of the conversations of this test");
}

constexpr Test kGuardrailTests[] = {
    {"watches-something", "Its flags say what it watches.", watches_something, Level::kDescribed},
    {"rewrite-pushes-once", "A rewrite is one list of the same messages, but for system messages.",
     rewrite_pushes_once, Level::kInstance},
    {"long-conversation", "2000 messages are no more to it than two.", long_conversation,
     Level::kInstance},
    {"garbage-is-refused", "What is no list of messages crashes nothing.", garbage_is_refused,
     Level::kInstance},
    {"watch-closes-at-every-step", "A watch can be closed whatever it was asked before.",
     watch_closes_at_every_step, Level::kInstance},
    {"two-watches-interleaved", "Watches do not know of each other.", two_watches_interleaved,
     Level::kInstance},
    {"refused-rewrite-propagates", "When the host refuses a rewrite, request returns its status.",
     refused_rewrite_propagates, Level::kInstance},
};

}  // namespace

std::span<const Test> guardrail_tests() {
    return kGuardrailTests;
}

}  // namespace gomodel::check
