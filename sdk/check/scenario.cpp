#include "scenario.hpp"

#include <gomodel/abi.h>

namespace gomodel::check {
namespace {

using testing::Operation;
using testing::Response;

constexpr struct {
    std::uint32_t kind;
    const char* name;
} kKinds[] = {
    {GM_CAN_CHAT, "chat"},          {GM_CAN_RESPONSES, "responses"},
    {GM_CAN_MESSAGES, "messages"},  {GM_CAN_EMBED, "embeddings"},
    {GM_CAN_LIST_MODELS, "models"}, {GM_CAN_FILES, "files"},
    {GM_CAN_BATCHES, "batches"},    {GM_CAN_PASSTHROUGH, "passthrough"},
};

constexpr const char* kChatRequest =
    R"({"model":"check-model","messages":[{"role":"user","content":"Say hello to Zoë"}]})";
constexpr const char* kChatAnswer =
    R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"check-model",)"
    R"("choices":[{"index":0,"message":{"role":"assistant","content":"Hello Zoë"},)"
    R"("finish_reason":"stop"}],"usage":{"prompt_tokens":4,"completion_tokens":2,)"
    R"("total_tokens":6}})";
// CRLF, a comment, an event of two data lines and multi-byte text: cuts fall into all of them.
constexpr const char* kChatStream =
    ": connected\r\n\r\n"
    "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
    "\"model\":\"check-model\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
    "\"content\":\"Hello \"},\"finish_reason\":null}]}\r\n\r\n"
    "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\n"
    "data: \"model\":\"check-model\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Zoë\"},"
    "\"finish_reason\":null}]}\n\n"
    "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
    "\"model\":\"check-model\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
    "\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":2,\"total_tokens\":6}}\n\n"
    "data: [DONE]\n\n";
constexpr const char* kResponsesRequest = R"({"model":"check-model","input":"Say hello"})";
constexpr const char* kResponsesAnswer =
    R"({"id":"resp_1","object":"response","created_at":1700000000,"model":"check-model",)"
    R"("status":"completed","output":[{"id":"msg_1","type":"message","role":"assistant",)"
    R"("status":"completed","content":[{"type":"output_text","text":"Hello","annotations":[]}]}],)"
    R"("usage":{"input_tokens":2,"output_tokens":1,"total_tokens":3}})";
constexpr const char* kResponsesStream =
    "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\","
    "\"object\":\"response\",\"status\":\"in_progress\",\"output\":[]}}\n\n"
    "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
    "\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hello\"}\n\n"
    "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":"
    "\"resp_1\",\"object\":\"response\",\"status\":\"completed\",\"output\":[],\"usage\":"
    "{\"input_tokens\":2,\"output_tokens\":1,\"total_tokens\":3}}}\n\n";
constexpr const char* kMessagesRequest =
    R"({"model":"check-model","max_tokens":16,"messages":[{"role":"user","content":"Hello"}]})";
constexpr const char* kMessagesAnswer =
    R"({"id":"msg_1","type":"message","role":"assistant","model":"check-model",)"
    R"("content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn",)"
    R"("usage":{"input_tokens":2,"output_tokens":1}})";
constexpr const char* kMessagesStream =
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\","
    "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"check-model\",\"content\":[],"
    "\"stop_reason\":null,\"usage\":{\"input_tokens\":2,\"output_tokens\":1}}}\n\n"
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
    "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
    "event: ping\ndata: {\"type\":\"ping\"}\n\n"
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
    "\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\n"
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":"
    "{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":1}}\n\n"
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
constexpr const char* kEmbedRequest = R"({"model":"check-model","input":["one","two"]})";
constexpr const char* kEmbedAnswer =
    R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,-0.2]},)"
    R"({"object":"embedding","index":1,"embedding":[0.3,0.4]}],"model":"check-model",)"
    R"("usage":{"prompt_tokens":2,"total_tokens":2}})";
constexpr const char* kModelsAnswer =
    R"({"object":"list","data":[{"id":"check-model","object":"model","created":1700000000,)"
    R"("owned_by":"check"}]})";
constexpr const char* kObjectAnswer = R"({"id":"object-1","object":"thing","data":[]})";

// The request's JSON with `"stream":true` in front.
std::string streaming(std::string request) {
    return request.insert(1, "\"stream\":true,");
}

Operation operation(std::uint32_t kind, std::string body = {}, bool stream = false) {
    Operation op;
    op.kind = kind;
    op.stream = stream;
    op.model = "check-model";
    if (body.empty()) op.content_type.clear();
    op.body = std::move(body);
    return op;
}

Response json(const char* body) {
    return {200, {{"content-type", "application/json"}}, body};
}
Response events(const char* body) {
    return {200, {{"content-type", "text/event-stream"}}, body};
}

// An operation on stored objects: files and batches.
Scenario on_object(std::uint32_t kind, const char* action, std::string body = {}) {
    Scenario scenario;
    scenario.name = std::string(name_of_kind(kind)) + " " + (*action == 0 ? "create" : action);
    scenario.op = operation(kind, std::move(body));
    scenario.op.action = action;
    if (*action != 0 && std::string_view(action) != "list") scenario.op.id = "object-1";
    if (std::string_view(action) == "list") scenario.op.query = "limit=20&after=object-0";
    scenario.answers = {json(kObjectAnswer)};
    return scenario;
}

Scenario passthrough(const char* method, const char* path, std::string body) {
    Scenario scenario{std::string("passthrough ") + method,
                      operation(GM_CAN_PASSTHROUGH, std::move(body)),
                      {json(kObjectAnswer)},
                      {}};
    scenario.op.method = method;
    scenario.op.path = path;
    return scenario;
}

void add_inference(std::vector<Scenario>& found, std::uint64_t flags) {
    const bool streams = (flags & GM_CAN_STREAM) != 0;
    const auto add = [&](std::uint32_t kind, const char* request, const char* answer,
                         const char* stream) {
        if ((flags & kind) == 0) return;
        found.push_back({name_of_kind(kind), operation(kind, request), {json(answer)}, {}});
        if (!streams || stream == nullptr) return;
        found.push_back({std::string(name_of_kind(kind)) + " stream",
                         operation(kind, streaming(request), true),
                         {events(stream)},
                         {}});
    };
    add(GM_CAN_CHAT, kChatRequest, kChatAnswer, kChatStream);
    add(GM_CAN_RESPONSES, kResponsesRequest, kResponsesAnswer, kResponsesStream);
    add(GM_CAN_MESSAGES, kMessagesRequest, kMessagesAnswer, kMessagesStream);
    add(GM_CAN_EMBED, kEmbedRequest, kEmbedAnswer, nullptr);
}

}  // namespace

std::vector<Scenario> scenarios_for(std::uint64_t flags) {
    std::vector<Scenario> found;
    add_inference(found, flags);
    if ((flags & GM_CAN_LIST_MODELS) != 0) {
        found.push_back({"models", operation(GM_CAN_LIST_MODELS), {json(kModelsAnswer)}, {}});
    }
    if ((flags & GM_CAN_FILES) != 0) {
        found.push_back(on_object(GM_CAN_FILES, "", "--b\r\n\r\nfile\r\n--b--\r\n"));
        found.back().op.content_type = "multipart/form-data; boundary=b";
        for (const char* const action : {"list", "get", "delete", "content"}) {
            found.push_back(on_object(GM_CAN_FILES, action));
        }
    }
    if ((flags & GM_CAN_BATCHES) != 0) {
        found.push_back(on_object(GM_CAN_BATCHES, "", R"({"input_file_id":"object-0"})"));
        for (const char* const action : {"list", "get", "cancel"}) {
            found.push_back(on_object(GM_CAN_BATCHES, action));
        }
    }
    if ((flags & GM_CAN_PASSTHROUGH) != 0) {
        found.push_back(passthrough("GET", "models?limit=1", {}));
        found.push_back(passthrough("POST", "chat/completions", kChatRequest));
    }
    return found;
}

const char* name_of_kind(std::uint32_t kind) {
    for (const auto& each : kKinds) {
        if (each.kind == kind) return each.name;
    }
    return nullptr;
}

std::uint32_t kind_of_name(std::string_view name) {
    for (const auto& each : kKinds) {
        if (each.name == name) return each.kind;
    }
    return 0;
}

}  // namespace gomodel::check
