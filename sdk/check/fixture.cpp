#include "fixture.hpp"

#include <gomodel/abi.h>
#include <rapidjson/document.h>
#include <gomodel/sse.hpp>

#include <algorithm>
#include <stdexcept>

#include "file.hpp"
#include "json_text.hpp"
#include "module.hpp"
#include "test.hpp"

namespace gomodel::check {
namespace {

namespace fs = std::filesystem;
using rapidjson::Document;
using rapidjson::Value;
using testing::HeaderList;
using testing::Response;
using testing::SentRequest;
using testing::Transcript;

// A member that holds either text or JSON, as text.
std::string payload(const Value& object, const char* name) {
    const Value* const value = find_member(object, name);
    if (value == nullptr || value->IsNull()) return {};
    return value->IsString() ? text_member(object, name) : to_text(*value);
}

HeaderList header_members(const Value& object) {
    HeaderList headers;
    const Value* const members = find_member(object, "headers");
    if (members == nullptr || !members->IsObject()) return headers;
    for (const auto& each : members->GetObject()) {
        headers.push_back({each.name.GetString(), each.value.GetString()});
    }
    return headers;
}

testing::Operation read_op(const fs::path& path) {
    const Document document = read_json(path);
    testing::Operation op;
    op.kind = kind_of_name(text_member(document, "kind"));
    if (op.kind == 0) {
        throw std::runtime_error(path.string() +
                                 ": kind is none of chat, responses, messages, "
                                 "embeddings, models, files, batches, passthrough");
    }
    const Value* const stream = find_member(document, "stream");
    op.stream = stream != nullptr && stream->IsTrue();
    op.action = text_member(document, "action");
    op.id = text_member(document, "id");
    op.method = text_member(document, "method");
    op.path = text_member(document, "path");
    op.query = text_member(document, "query");
    op.model = text_member(document, "model");
    op.body = payload(document, "body");
    op.content_type =
        text_member(document, "content_type", op.body.empty() ? "" : "application/json");
    op.request_id = text_member(document, "request_id", op.request_id);
    op.headers = header_members(document);
    return op;
}

SentRequest read_request(const Value& step) {
    SentRequest request;
    if (const Value* const recorded = find_member(step, "request")) {
        request.method = text_member(*recorded, "method");
        request.url = text_member(*recorded, "url");
        request.headers = header_members(*recorded);
        request.body = payload(*recorded, "body");
        const Value* const forwarded = find_member(*recorded, "forwarded");
        request.forwarded = forwarded != nullptr && forwarded->IsTrue();
    }
    return request;
}

// The answer in a step's file, its body perhaps in a file beside it.
Response read_response(const Value& step, const fs::path& path) {
    Response response;
    if (const Value* const recorded = find_member(step, "response")) {
        if (const Value* const status = find_member(*recorded, "status")) {
            response.status = status->GetUint();
        }
        response.headers = header_members(*recorded);
        response.body = payload(*recorded, "body");
    }
    const fs::path events = fs::path(path).replace_extension(".sse");
    const fs::path bytes = fs::path(path).replace_extension(".body");
    if (fs::exists(events)) response.body = read_file(events);
    if (fs::exists(bytes)) response.body = read_file(bytes);
    if (response.headers.empty()) {
        response.headers = {
            {"content-type", fs::exists(events) ? "text/event-stream" : "application/json"}};
    }
    return response;
}

// The paths in `directory` that `wanted` picks, sorted.
template <typename Wanted>
std::vector<fs::path> list(const fs::path& directory, Wanted&& wanted) {
    std::vector<fs::path> paths;
    if (!fs::is_directory(directory)) return paths;
    for (const auto& entry : fs::directory_iterator(directory)) {
        if (wanted(entry)) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::vector<fs::path> step_files(const fs::path& directory) {
    return list(directory / "steps", [](const fs::directory_entry& entry) {
        return entry.path().extension() == ".json";
    });
}

std::vector<fs::path> expected_files(const fs::path& directory) {
    return list(directory, [](const fs::directory_entry& entry) {
        return entry.path().filename().string().starts_with("expected.");
    });
}

// What the client got, as the text of expected.<kind>.
struct Outcome {
    std::string kind;
    std::string text;
};

std::string refusal_text(const Transcript& seen) {
    Document document(rapidjson::kObjectType);
    auto& allocator = document.GetAllocator();
    document.AddMember("status", Value(name_of_status(seen.status).c_str(), allocator), allocator);
    document.AddMember("message", Value(seen.message.c_str(), allocator), allocator);
    return to_text(document);
}

Outcome outcome_of(const Transcript& seen) {
    if (!seen.violations.empty()) fail("the contract was broken: " + seen.violations.front());
    if (seen.status != GM_OK) return {"error.json", refusal_text(seen)};
    if (seen.error) return {"error.json", seen.error->body};
    const auto chunks = seen.chunks();
    if (!chunks.empty()) {
        std::string text;
        for (const std::string& chunk : chunks)
            append_sse(text, {}, chunk);
        if (!seen.error_body().empty()) append_sse(text, {}, seen.error_body());
        return {"sse", text};
    }
    if (!seen.error_body().empty()) return {"error.json", seen.error_body()};
    const std::string body = seen.relayed + seen.body();
    if (body.starts_with("data:") || body.starts_with("event:") || body.starts_with(":")) {
        return {"sse", body};
    }
    return {parse_json(body).has_value() ? "json" : "txt", body};
}

// The data of each event, without the end mark, which is the host's.
std::vector<std::string> event_data(std::string_view stream) {
    std::vector<std::string> found;
    SseReader reader;
    reader.feed(
        stream,
        [&found](const SseEvent& event) {
            if (event.has_data && event.data != "[DONE]") found.emplace_back(event.data);
        },
        [](std::string_view) {});
    return found;
}

void compare_events(std::string_view expected, std::string_view seen) {
    const auto left = event_data(expected);
    const auto right = event_data(seen);
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
        expect(same_json(left[i], right[i]),
               "event " + std::to_string(i + 1) + " is " + right[i] + ", expected " + left[i]);
    }
    expect(left.size() == right.size(),
           std::to_string(right.size()) + " events, expected " + std::to_string(left.size()));
}

void compare_headers(const HeaderList& expected, const HeaderList& sent, const std::string& which) {
    for (const auto& header : expected) {
        const std::string* const value = testing::find_header(sent, header.name);
        expect(value != nullptr, which + " lacks the header " + header.name);
        expect(*value == header.value,
               which + " has " + header.name + ": " + *value + ", expected " + header.value);
    }
    for (const auto& header : sent) {
        expect(testing::find_header(expected, header.name) != nullptr,
               which + " has a header that was not recorded: " + header.name);
    }
}

void compare_request(const SentRequest& expected, const SentRequest& sent,
                     const std::string& which) {
    const std::string target = expected.method + " " + expected.url;
    expect(sent.method + " " + sent.url == target,
           which + " is " + sent.method + " " + sent.url + ", expected " + target);
    compare_headers(expected.headers, sent.headers, which);
    if (expected.forwarded) {
        expect(sent.forwarded, which + " does not forward the client's body untouched");
    } else {
        expect(same_json(expected.body, sent.body),
               which + " has the body " + sent.body + ", expected " + expected.body);
    }
}

Value to_value(const SentRequest& request, Document::AllocatorType& allocator) {
    Value value(rapidjson::kObjectType);
    value.AddMember("method", Value(request.method.c_str(), allocator), allocator);
    value.AddMember("url", Value(request.url.c_str(), allocator), allocator);
    Value headers(rapidjson::kObjectType);
    for (const auto& header : request.headers) {
        headers.AddMember(Value(header.name.c_str(), allocator),
                          Value(header.value.c_str(), allocator), allocator);
    }
    value.AddMember("headers", headers, allocator);
    const std::optional<Document> body = parse_json(request.body);
    if (request.forwarded) {
        value.AddMember("forwarded", true, allocator);
    } else if (body.has_value()) {
        value.AddMember("body", Value(*body, allocator), allocator);
    } else if (!request.body.empty()) {
        value.AddMember("body", Value(request.body.c_str(), allocator), allocator);
    }
    return value;
}

Fixture read_fixture(const fs::path& directory) {
    Fixture fixture;
    fixture.directory = directory;
    fixture.scenario.name = directory.filename();
    fixture.scenario.op = read_op(directory / "op.json");
    if (fs::exists(directory / "config.json")) {
        fixture.scenario.config = read_file(directory / "config.json");
    }
    for (const fs::path& path : step_files(directory)) {
        const Document step = read_json(path);
        fixture.requests.push_back(read_request(step));
        fixture.scenario.answers.push_back(read_response(step, path));
    }
    return fixture;
}

}  // namespace

std::vector<Fixture> read_fixtures(const fs::path& directory) {
    std::vector<Fixture> fixtures;
    for (const fs::path& path : list(directory, [](const fs::directory_entry& entry) {
             return entry.is_directory() && fs::exists(entry.path() / "op.json");
         })) {
        fixtures.push_back(read_fixture(path));
    }
    return fixtures;
}

void compare(const Fixture& fixture, const Transcript& seen) {
    const Outcome outcome = outcome_of(seen);
    expect(seen.sent.size() == fixture.requests.size(),
           std::to_string(seen.sent.size()) + " requests were sent, " +
               std::to_string(fixture.requests.size()) + " recorded");
    for (std::size_t i = 0; i < seen.sent.size(); ++i) {
        compare_request(fixture.requests[i], seen.sent[i], "request " + std::to_string(i + 1));
    }
    const auto files = expected_files(fixture.directory);
    expect(files.size() == 1, "there are " + std::to_string(files.size()) +
                                  " files expected.*, not one: record it with --update-fixtures");
    const std::string name = "expected." + outcome.kind;
    expect(files[0].filename() == name, "the client gets a " + name + ", not the " +
                                            files[0].filename().string() +
                                            " recorded: " + outcome.text);
    const std::string expected = read_file(files[0]);
    if (outcome.kind == "sse") return compare_events(expected, outcome.text);
    expect(outcome.kind == "txt" ? expected == outcome.text : same_json(expected, outcome.text),
           "the client gets " + outcome.text);
}

void update(const Fixture& fixture, const Transcript& seen) {
    const Outcome outcome = outcome_of(seen);
    const auto steps = step_files(fixture.directory);
    for (std::size_t i = 0; i < std::min(steps.size(), seen.sent.size()); ++i) {
        Document step = read_json(steps[i]);
        step.RemoveMember("request");
        step.AddMember("request", to_value(seen.sent[i], step.GetAllocator()), step.GetAllocator());
        write_file(steps[i], to_pretty_text(step));
    }
    for (const fs::path& path : expected_files(fixture.directory))
        fs::remove(path);
    const bool json = outcome.kind.ends_with("json");
    write_file(fixture.directory / ("expected." + outcome.kind),
               json ? to_pretty_text(require_json(outcome.text)) : outcome.text);
}

}  // namespace gomodel::check
