#include "openai_compat/body_edit.hpp"

namespace openai_compat {

namespace json = gomodel::json;

BodyEdit::BodyEdit(std::string_view body) : body_(body) {
    json::Object object(body);
    while (const auto member = object.next())
        members_.push_back({*member, false, {}, {}});
    if (!object.ok()) members_.clear();
}

std::optional<std::string_view> BodyEdit::value(std::string_view name) const {
    for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
        if (!member->removed && member->raw.is(name)) return member->raw.value;
    }
    return std::nullopt;
}

void BodyEdit::remove(std::string_view name) {
    for (Member& member : members_) {
        if (!member.raw.is(name)) continue;
        member.removed = true;
        changed_ = true;
    }
}

BodyEdit::Member* BodyEdit::keep_last(std::string_view name) {
    Member* last = nullptr;
    for (Member& member : members_) {
        if (member.removed || !member.raw.is(name)) continue;
        if (last != nullptr) last->removed = true;
        last = &member;
    }
    return last;
}

void BodyEdit::rename(std::string_view name, std::string_view new_name) {
    replace(name, new_name, {});
}

void BodyEdit::replace(std::string_view name, std::string_view new_name,
                       std::string_view raw_value) {
    Member* const member = keep_last(name);
    if (member == nullptr) return;
    member->name = json::quote(new_name);
    member->value = raw_value;
    changed_ = true;
}

std::string BodyEdit::text() const {
    std::string out;
    out.reserve(body_.size() + 64);
    const auto end_of = [](std::string_view part) { return part.data() + part.size(); };
    const char* at = body_.data();  // what comes before has been written or dropped
    const auto copy_to = [&out, &at](const char* until) {
        out.append(at, static_cast<std::size_t>(until - at));
        at = until;
    };
    bool kept_one = false;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const Member& member = members_[i];
        if (member.removed && kept_one) {
            // With the comma in front of it.
            at = end_of(member.raw.value);
        } else if (member.removed) {
            // With the comma behind it, if there is one.
            copy_to(member.raw.name.data());
            at = i + 1 < members_.size() ? members_[i + 1].raw.name.data()
                                         : end_of(member.raw.value);
        } else {
            kept_one = true;
            copy_to(member.raw.name.data());
            out += member.name.empty() ? member.raw.name : member.name;
            at = end_of(member.raw.name);
            copy_to(member.raw.value.data());
            out += member.value.empty() ? member.raw.value : member.value;
            at = end_of(member.raw.value);
        }
    }
    copy_to(end_of(body_));
    return out;
}

}  // namespace openai_compat
