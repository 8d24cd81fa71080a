// Anthropic's list of models, as OpenAI's. It comes in pages.
// https://docs.anthropic.com/en/api/models-list
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <gomodel/json_out.hpp>

namespace anthropic {

class ModelList {
public:
    ModelList() { out_.begin_object().member("object", "list").key("data").begin_array(); }

    // Takes a page. False: it is no list of models. asked_at: Unix seconds, for a model without a
    // date of its own.
    bool add(std::string_view page, std::int64_t asked_at);

    // The last model of a page that others follow; empty: that was the last page.
    const std::string& after() const { return after_; }

    // The whole list. Call once, at the end.
    std::string finish() { return out_.end_array().end_object().text(); }

private:
    gomodel::json::Out out_;
    std::string after_;
};

}  // namespace anthropic
