// Requests as guardrails see them, and what they make of them. Promises: what is shown is a list of
// messages; given back as it is, it changes no byte; with other texts in it the request is still
// JSON and shows these texts; whatever a guardrail gives is taken or refused with a reason.

#include "dialect/guarded/guarded_request.hpp"

#include "dialect/guarded/entry.hpp"
#include "support/json_members.hpp"
#include "support/promise.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using dialect::ApiError;
using dialect::Edit;
using dialect::Endpoint;
using dialect::guarded::Entry;

void check_refusal(const ApiError& error) {
    require(error.status == 400 && !error.message.empty(), "a refusal is a 400 with a reason");
}

std::vector<Entry> entries_of(std::string_view messages) {
    auto entries = dialect::guarded::read_entries(messages);
    const auto* const fault = std::get_if<std::string>(&entries);
    require(fault == nullptr, "what is shown is a list of messages", messages);
    return std::move(std::get<std::vector<Entry>>(entries));
}

// The request with these messages; empty: refused.
std::string written(Endpoint endpoint, std::string_view body, std::string_view messages) {
    auto edits = dialect::guarded::edits_for(endpoint, body, messages);
    if (const auto* const error = std::get_if<ApiError>(&edits)) {
        check_refusal(*error);
        return {};
    }
    net::Buffer text;
    text.append(body);
    dialect::apply(text, std::move(std::get<std::vector<Edit>>(edits)));
    return std::string(text.view());
}

// Each user says something else.
void check_other_texts(Endpoint endpoint, std::string_view body, std::vector<Entry> entries) {
    for (Entry& entry : entries) {
        if (entry.role == "user") entry.content += "!";
    }
    const std::string now = written(endpoint, body, dialect::guarded::to_json(entries));
    require(!now.empty(), "a text may be another", body);
    if (json_members(body).has_value()) {
        require(json_members(now).has_value(), "a rewritten request is JSON", now);
    }
    const auto shown = dialect::guarded::messages_in(endpoint, now);
    require(std::holds_alternative<std::string>(shown), "a rewritten request can be shown", now);
    const std::vector<Entry> found = entries_of(std::get<std::string>(shown));
    require(found.size() == entries.size(), "a rewritten request shows as many messages", now);
    for (std::size_t i = 0; i < found.size(); ++i) {
        require_equal(found[i].role, entries[i].role, "a rewritten request shows the roles");
        require_equal(found[i].content, entries[i].content, "a rewritten request shows the texts");
    }
}

void check_request(Endpoint endpoint, std::string_view body) {
    static dialect::RequestReader reader;
    net::Buffer text;
    text.append(body);
    if (!std::holds_alternative<dialect::Request>(reader.read(endpoint, text.view()))) return;
    const auto shown = dialect::guarded::messages_in(endpoint, body);
    if (const auto* const error = std::get_if<ApiError>(&shown)) return check_refusal(*error);
    const std::string& messages = std::get<std::string>(shown);
    std::vector<Entry> entries = entries_of(messages);
    require_equal(written(endpoint, body, messages), body, "what is given back changes nothing");
    check_other_texts(endpoint, body, entries);
    entries.insert(entries.begin(), Entry{"system", "S"});
    const std::string with_prompt = written(endpoint, body, dialect::guarded::to_json(entries));
    require(with_prompt.find("\"S") != std::string::npos, "a prompt is in the request", body);
}

}  // namespace
}  // namespace gomodel::fuzz

// A request, and behind the first line break what a guardrail makes of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using gomodel::dialect::Endpoint;
    const std::string_view input = gomodel::fuzz::as_text(data, size);
    const std::string_view body = input.substr(0, input.find('\n'));
    const std::string_view given =
        body.size() == input.size() ? std::string_view() : input.substr(body.size() + 1);
    for (const Endpoint endpoint : {Endpoint::kChat, Endpoint::kResponses, Endpoint::kMessages}) {
        gomodel::fuzz::check_request(endpoint, body);
        const bool usable = !given.empty() && gomodel::dialect::guarded::fault_of(given).empty() &&
                            std::holds_alternative<std::string>(
                                gomodel::dialect::guarded::messages_in(endpoint, body));
        if (usable) gomodel::fuzz::written(endpoint, body, given);
    }
    return 0;
}
