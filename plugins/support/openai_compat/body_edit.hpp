// Edits to the top-level members of a JSON object that leave every other byte as it was: number
// spellings, member order and white space are part of what upstream prompt caches compare.
// For providers that change a field or two of the client's request. A plain value.
#pragma once

#include <gomodel/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openai_compat {

class BodyEdit {
public:
    // Keeps a view of `body`, which must outlive this. A body that is no JSON object has no
    // members, and nothing about it can be edited.
    explicit BodyEdit(std::string_view body);

    // The value of the last member of that name, raw.
    std::optional<std::string_view> value(std::string_view name) const;
    bool has(std::string_view name) const { return value(name).has_value(); }

    // Each changes every member of that name, except that rename() and replace() leave one: the
    // last, and remove the others. They do nothing when there is none.
    void remove(std::string_view name);
    void rename(std::string_view name, std::string_view new_name);
    void replace(std::string_view name, std::string_view new_name, std::string_view raw_value);

    bool changed() const { return changed_; }
    // The edited body.
    std::string text() const;

private:
    struct Member {
        gomodel::json::Member raw;
        bool removed = false;
        std::string name;   // replaces raw.name, quotes included; empty: as it was
        std::string value;  // replaces raw.value; empty: as it was
    };

    // The last member of that name, the others marked as removed; null when there is none.
    Member* keep_last(std::string_view name);

    std::string_view body_;
    std::vector<Member> members_;
    bool changed_ = false;
};

}  // namespace openai_compat
