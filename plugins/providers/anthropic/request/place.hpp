// Where in the client's request something is, for messages: "messages[2].content[0].image_url".
// Costs nothing until it is written out. A chain of values on the stack; a place must not outlive
// the one it is in.
#pragma once

#include <gomodel/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace anthropic {

class Place {
public:
    explicit Place(std::string_view name) : name_(name) {}
    Place(const Place& in, std::string_view name) : in_(&in), name_(name) {}
    Place(const Place& in, std::size_t index) : in_(&in), index_(index) {}

    std::string text() const {
        std::string outer = in_ == nullptr ? std::string() : in_->text();
        if (in_ != nullptr && name_.empty()) return outer + "[" + std::to_string(index_) + "]";
        if (!outer.empty()) outer += '.';
        return outer.append(name_);
    }

    // Refuses the request: 400, with the member's name in front of `problem`.
    [[noreturn]] void refuse(std::string_view problem) const {
        throw gomodel::Error(GM_INVALID, text().append(": ").append(problem));
    }

private:
    const Place* in_ = nullptr;
    std::string_view name_;  // empty: an element
    std::size_t index_ = 0;
};

}  // namespace anthropic
