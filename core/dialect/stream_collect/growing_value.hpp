// A JSON value that comes in pieces, as streams bring them: strings grow at their end, arrays by
// elements, objects by members. Keeps text as it was escaped. A plain value.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::dialect {

class GrowingValue {
public:
    // Takes the next piece. Null says nothing once there is something. An array's elements that
    // have an `index` go on with the element of that index. `name`: of the member that it is;
    // some, such as `id` and `type`, are given as a whole each time and do not grow.
    void merge(json::Node piece, std::string_view name = {});
    void replace(json::Node value);

    bool empty() const { return kind_ == Kind::kNothing; }
    // Of an object; made if it is not there. Those of more names than any answer has are one.
    GrowingValue& member(std::string_view name);
    const GrowingValue* find(std::string_view name) const;
    // Of an array; the next one if there are not so many.
    GrowingValue& element(std::int64_t index);
    // Lets a string, or nothing, grow by text in its escaped form.
    void append_escaped(std::string_view inside);

    // without_index: leaves that member out of an array's objects.
    void write(json::Out& out, bool without_index = false) const;
    // An object's members, after those that are there.
    void write_members(json::Out& out, bool without_index = false) const;

private:
    enum class Kind { kNothing, kRaw, kText, kArray, kObject };

    void merge_elements(json::Node array);

    Kind kind_ = Kind::kNothing;
    std::string text_;  // of kRaw the JSON, of kText the escaped string
    std::vector<std::string> names_;
    std::vector<GrowingValue> parts_;  // elements, or members in the order of names_
};

}  // namespace gomodel::dialect
