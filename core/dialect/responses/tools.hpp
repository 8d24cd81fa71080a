// The tools of a request and which of them the model must or may call, as chat completions know
// them: functions only. What becomes of the others: docs/adr/0035. Pure.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dialect/responses/tool_names.hpp"

namespace gomodel::dialect::responses {

// Views the request, which must outlive it.
class Tools {
public:
    // Throws Refusal. `names`: gets those of tools that are no plain functions.
    Tools(json::Node request, ToolNames& names);

    bool empty() const { return list_.empty(); }
    // Writes `tools` and `tool_choice`, if there are any.
    void write(json::Out& out) const;

private:
    struct Tool {
        json::Node given;
        ToolName name;
    };

    void gather(json::Node list, const std::string& place);
    void gather_namespace(json::Node space, const std::string& place);
    void add(json::Node tool, const std::string& space, const std::string& place);
    void give_names();
    void keep_allowed();
    std::string chat_name(json::Node tool) const;
    void write_tool(const Tool& tool, json::Out& out) const;
    void write_choice(json::Out& out) const;

    const json::Node choice_;
    ToolNames& names_;
    std::vector<Tool> list_;
    std::string left_out_;  // the place of a tool that the provider does not have
    std::string its_type_;
};

}  // namespace gomodel::dialect::responses
