// An adapter that works on parsed JSON: reads what it is given, and refuses what is no JSON object
// and what the upstream says went wrong, before its dialect sees any of it. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include "dialect/adapter.hpp"

namespace gomodel::dialect {

class TreeAdapter : public Adapter {
public:
    std::variant<std::string, ApiError> request(std::string_view body) final;
    std::variant<std::string, ApiError> answer(std::string_view completion) final;
    Failure chunk(std::string_view data, std::string& out) final;

private:
    // The same with objects; an answer and a chunk are free of errors of the upstream's.
    virtual std::variant<std::string, ApiError> map_request(json::Node body) = 0;
    virtual std::variant<std::string, ApiError> map_answer(json::Node completion) = 0;
    virtual void map_chunk(json::Node chunk, std::string& out) = 0;
};

}  // namespace gomodel::dialect
