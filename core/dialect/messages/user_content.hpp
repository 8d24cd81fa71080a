// What a user's message or a tool's result holds, as parts of a chat message: text, images,
// documents, results of searches. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gomodel::dialect::messages {

inline constexpr std::string_view kBlankLine = "\\n\\n";  // between texts that are joined, escaped

class Parts {
public:
    // A string, or an array of blocks; null and absent are nothing. Throws Refusal.
    void add_all(json::Node content, const std::string& place);
    void add(json::Node block, const std::string& place);
    // Takes what is no text over from another's.
    void add_others(const Parts& parts);

    bool empty() const { return parts_.empty(); }
    // The texts, joined; escaped.
    std::string text() const;
    // The content of a chat message: a string if it is only text, which every provider takes.
    std::string json() const;

private:
    struct Part {
        bool is_text = false;
        std::string value;  // a text, escaped; JSON of any other part
    };

    void add_text(std::string escaped);
    void add_image(json::Node source, const std::string& place);
    void add_document(json::Node block, const std::string& place);
    void add_search_result(json::Node block, const std::string& place);

    std::vector<Part> parts_;
};

// The text of a `system` member or message: a string, or blocks of text. Escaped. Throws Refusal.
std::string system_text(json::Node content, const std::string& place);

}  // namespace gomodel::dialect::messages
