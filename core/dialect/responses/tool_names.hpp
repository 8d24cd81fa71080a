// What a client of the Responses API calls its tools, and what a chat model is told they are
// called. Chat completions have functions with one plain name; here tools may also be grouped in
// namespaces, or be custom ones, which are given plain text (OpenAI API reference, "Responses",
// `tools`). Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace gomodel::dialect::responses {

struct ToolName {
    std::string space;  // the namespace's; empty: none
    std::string name;
    bool custom = false;
};

class ToolNames {
public:
    // A function outside of namespaces, which keeps its name. These go first: no other gets theirs.
    void keep(const std::string& name) { taken_.insert(name); }
    // Any other tool, which the model is told of by letters, digits, '_' and '-', at most 64.
    // False: it is here already, or others have all the names that it might get.
    bool add(const ToolName& tool);

    // What the model is told, or was told in an earlier turn, that a tool is called.
    std::string chat_name(const ToolName& tool) const;
    // What the client calls the function that the model called. nullptr: the same.
    const ToolName* find(std::string_view chat_name) const;

private:
    std::set<std::string, std::less<>> taken_;            // names that the model is told
    std::map<std::string, ToolName, std::less<>> given_;  // by such a name, if it is another
    std::map<std::string, std::string> told_;             // such names, by namespace and name
    std::map<std::string, std::string> members_;          // such names, by the name in a namespace;
                                                          // empty: several have it
};

}  // namespace gomodel::dialect::responses
