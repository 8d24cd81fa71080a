#include "dialect/stream_collect/stream_collect.hpp"

namespace gomodel::dialect {
namespace {

// By what the first event is like.
std::unique_ptr<Collector> collector_for(json::Node first) {
    const std::string type = first["type"].text();
    if (type.starts_with("response.")) return responses_collector();
    if (type.starts_with("message_") || type.starts_with("content_block_") || type == "ping")
        return messages_collector();
    if (first["choices"].is_array() && !first["object"].equals("text_completion"))
        return chat_collector();
    return list_collector();
}

class ListCollector final : public Collector {
public:
    void event(json::Node data) override {
        if (!list_.empty()) list_ += ',';
        list_ += data.raw();
    }
    std::string answer() const override { return "[" + list_ + "]"; }

private:
    std::string list_;
};

}  // namespace

std::unique_ptr<Collector> list_collector() {
    return std::make_unique<ListCollector>();
}

void StreamCollect::take(std::string_view data) {
    const json::Tree tree(data);
    if (!tree.root().is_object()) return;  // "[DONE]", or nothing anyone could read
    ++events_;
    if (collector_ == nullptr) collector_ = collector_for(tree.root());
    collector_->event(tree.root());
}

void StreamCollect::feed(std::string_view bytes) {
    reader_.feed(
        bytes,
        [this](const SseEvent& event) {
            if (event.has_data) take(event.data);
        },
        [](std::string_view) {});
}

CollectedStream StreamCollect::finish() {
    if (!reader_.pending().empty()) feed("\n\n");
    if (collector_ == nullptr) return {};
    return {collector_->answer(), events_};
}

CollectedStream collect_stream(std::string_view bytes) {
    StreamCollect stream;
    stream.feed(bytes);
    return stream.finish();
}

}  // namespace gomodel::dialect
