// Makes the whole answer of the events of one API's stream. Private to stream_collect. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <memory>
#include <string>

namespace gomodel::dialect {

class Collector {
public:
    virtual ~Collector() = default;
    // The data of one event, an object.
    virtual void event(json::Node data) = 0;
    // What the answer would have been without streaming, as far as it came.
    virtual std::string answer() const = 0;
};

// Of "chat.completion.chunk" objects.
std::unique_ptr<Collector> chat_collector();
// Of events of OpenAI's Responses.
std::unique_ptr<Collector> responses_collector();
// Of events of Anthropic's Messages.
std::unique_ptr<Collector> messages_collector();
// Of anything else: the array of the events.
std::unique_ptr<Collector> list_collector();

}  // namespace gomodel::dialect
