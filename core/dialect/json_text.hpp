// Reads a JSON text that came from an upstream: small, often malformed, and without the room behind
// its end that simdjson wants. Private to the dialects. Not for two texts at a time on one thread.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "base/simdjson_strings.hpp"
#include "net/buffer.hpp"

namespace gomodel::dialect {

// What a string says; empty for anything else.
inline std::string text_of(simdjson::ondemand::value value) {
    std::string_view text;
    return value.get_string().get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

class JsonText {
public:
    explicit JsonText(std::string_view json) {
        static_assert(net::Buffer::kSlack >= simdjson::SIMDJSON_PADDING);
        copy_.append(json);
        if (json.empty()) return;
        opened_ = parser().iterate(copy_.data(), json.size(), json.size() + net::Buffer::kSlack)
                          .get(document_) == simdjson::SUCCESS &&
                  base::has_room_for_strings(document_);
    }
    JsonText(const JsonText&) = delete;
    JsonText& operator=(const JsonText&) = delete;

    // Calls take(key, value) -> bool for each member of the object that the text is. False: it is
    // none, it is malformed, or take() said so.
    template <class Take>
    bool members(Take take) {
        simdjson::ondemand::object object;
        return opened_ && document_.get_object().get(object) == simdjson::SUCCESS &&
               each_member(object, take) &&
               document_.current_location().error() == simdjson::OUT_OF_BOUNDS;
    }

    template <class Take>
    static bool each_member(simdjson::ondemand::object object, Take take) {
        for (auto field : object) {
            std::string_view key;
            if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
            if (!take(key, simdjson::ondemand::value(field.value()))) return false;
        }
        return true;
    }

private:
    static simdjson::ondemand::parser& parser() {
        thread_local simdjson::ondemand::parser keeps_its_memory;
        return keeps_its_memory;
    }

    net::Buffer copy_;
    simdjson::ondemand::document document_;
    bool opened_ = false;
};

}  // namespace gomodel::dialect
