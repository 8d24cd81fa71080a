#include "dialect/stream_collect/growing_value.hpp"

#include <algorithm>
#include <array>

namespace gomodel::dialect {
namespace {

constexpr std::array<std::string_view, 11> kWhole = {
    "id",     "type",      "role",        "name",  "object", "model", "finish_reason",
    "format", "signature", "stop_reason", "status"};

// No answer has so many. Looking for one among more would take its time.
constexpr std::size_t kMaxMembers = 256;
constexpr std::size_t kMaxNumbered = 1024;

bool comes_whole(std::string_view name) {
    return std::find(kWhole.begin(), kWhole.end(), name) != kWhole.end();
}

}  // namespace

void GrowingValue::replace(json::Node value) {
    *this = {};
    merge(value);
}

void GrowingValue::merge(json::Node piece, std::string_view name) {
    if (!piece || (piece.missing() && !empty())) return;
    if (piece.is_string()) {
        if (comes_whole(name) && kind_ == Kind::kText) {
            if (!piece.escaped().empty()) text_ = piece.escaped();
            return;
        }
        append_escaped(piece.escaped());
    } else if (piece.is_object()) {
        if (kind_ != Kind::kObject) *this = {};
        kind_ = Kind::kObject;
        for (const json::Node part : piece)
            member(part.name()).merge(part, part.name());
    } else if (piece.is_array()) {
        if (kind_ != Kind::kArray) *this = {};
        kind_ = Kind::kArray;
        merge_elements(piece);
    } else {
        *this = {};
        kind_ = Kind::kRaw;
        text_ = piece.raw();
    }
}

void GrowingValue::merge_elements(json::Node array) {
    for (const json::Node element : array) {
        const std::string_view index = element["index"].raw();
        auto same = parts_.end();
        if (!index.empty() && parts_.size() <= kMaxNumbered) {
            same = std::find_if(parts_.begin(), parts_.end(), [index](const GrowingValue& part) {
                const GrowingValue* const known = part.find("index");
                return known != nullptr && known->text_ == index;
            });
        }
        if (same == parts_.end()) {
            parts_.emplace_back();
            same = parts_.end() - 1;
        }
        same->merge(element);
    }
}

GrowingValue& GrowingValue::member(std::string_view name) {
    if (kind_ != Kind::kObject) {
        *this = {};
        kind_ = Kind::kObject;
    }
    const auto known = std::find(names_.begin(), names_.end(), name);
    if (known != names_.end()) return parts_[static_cast<std::size_t>(known - names_.begin())];
    if (names_.size() == kMaxMembers) return parts_.back();
    names_.emplace_back(name);
    return parts_.emplace_back();
}

const GrowingValue* GrowingValue::find(std::string_view name) const {
    if (kind_ != Kind::kObject) return nullptr;
    const auto known = std::find(names_.begin(), names_.end(), name);
    return known == names_.end() ? nullptr
                                 : &parts_[static_cast<std::size_t>(known - names_.begin())];
}

GrowingValue& GrowingValue::element(std::int64_t index) {
    if (kind_ != Kind::kArray) {
        *this = {};
        kind_ = Kind::kArray;
    }
    const bool known = index >= 0 && static_cast<std::size_t>(index) < parts_.size();
    return known ? parts_[static_cast<std::size_t>(index)] : parts_.emplace_back();
}

void GrowingValue::append_escaped(std::string_view inside) {
    if (kind_ != Kind::kText) *this = {};
    kind_ = Kind::kText;
    text_.append(inside);
}

void GrowingValue::write(json::Out& out, bool without_index) const {
    switch (kind_) {
        case Kind::kNothing:
            out.raw("null");
            return;
        case Kind::kRaw:
            out.raw(text_);
            return;
        case Kind::kText:
            out.escaped(text_);
            return;
        case Kind::kArray:
            out.begin_array();
            for (const GrowingValue& part : parts_)
                part.write(out, without_index);
            out.end_array();
            return;
        case Kind::kObject:
            out.begin_object();
            write_members(out, without_index);
            out.end_object();
            return;
    }
}

void GrowingValue::write_members(json::Out& out, bool without_index) const {
    if (kind_ != Kind::kObject) return;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (without_index && names_[i] == "index") continue;
        out.key(names_[i]);
        parts_[i].write(out, names_[i] == "tool_calls");
    }
}

}  // namespace gomodel::dialect
