// Gathers the `thinking_blocks` of a stream's deltas: some vendors send them whole and once, some
// in pieces that end with a signature. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string>
#include <vector>

namespace gomodel::dialect::messages {

class ThinkingBlocks {
public:
    void take(json::Node blocks);

    bool empty() const { return blocks_.empty(); }
    std::string json() const;  // the array

private:
    struct Block {
        std::string index;  // raw; empty: none
        bool redacted = false;
        std::string text;       // escaped
        std::string signature;  // escaped
    };

    std::vector<Block> blocks_;
};

}  // namespace gomodel::dialect::messages
