// What connects the requests of one conversation where the API itself does not: a client of chat
// sends the whole conversation each time, so the messages up to the last answer in a request are
// those of the request before. Pure; any thread.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string>
#include <string_view>

namespace gomodel::record {

struct ThreadLinks {
    std::string self;    // names the messages of this request; empty: it has none
    std::string parent;  // what `self` was of the request before; empty: this is the first
};

// request: the body of a chat completion or of messages. `whose`: requests of different ones are
// never connected.
ThreadLinks thread_links(json::Node request, std::string_view whose);

}  // namespace gomodel::record
