// Server-sent events, read and written without I/O (WHATWG HTML, "Server-sent events").
//
// The reader takes bytes cut anywhere and gives whole events; an event that arrives in one piece is
// not copied. Lines end in LF or CRLF. Not thread-safe: one reader a stream.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace gomodel {

// Views are valid until the callback returns.
struct SseEvent {
    std::string_view raw;   // the event as received, with the blank line that ends it
    std::string_view name;  // value of `event:`; empty: the default, "message"
    std::string_view data;  // the `data:` lines joined by LF
    bool has_data = false;  // false: a comment or a keep-alive
};

class SseReader {
public:
    // An event longer than `max_event` bytes is not parsed: its pieces are given to on_oversized.
    explicit SseReader(std::size_t max_event = std::size_t{256} * 1024) : max_event_(max_event) {}

    // Takes the next bytes of the stream. Calls on_event(const SseEvent&) for each event that they
    // complete and on_oversized(std::string_view piece) for each piece of one that is too long, in
    // the order of the stream. Nothing is lost: the raw pieces joined are the stream.
    template <typename OnEvent, typename OnOversized>
    void feed(std::string_view bytes, OnEvent&& on_event, OnOversized&& on_oversized) {
        while (!bytes.empty()) {
            const std::size_t end = find_end(bytes);
            if (end == std::string_view::npos) {
                keep(bytes, on_oversized);
                return;
            }
            const std::string_view head = bytes.substr(0, end);
            bytes.remove_prefix(end);
            if (oversized_) {
                oversized_ = false;
                on_oversized(head);
            } else if (pending_.empty()) {
                on_event(parse(head));
            } else {
                pending_.append(head);
                on_event(parse(pending_));
                release();
            }
        }
    }

    // The bytes of an event whose end has not been seen.
    std::string_view pending() const { return pending_; }
    bool inside_event() const { return oversized_ || !pending_.empty(); }

private:
    // The length of the prefix of `bytes` that ends with the current event's blank line.
    std::size_t find_end(std::string_view bytes) {
        std::size_t at = 0;
        while (const void* found = std::memchr(bytes.data() + at, '\n', bytes.size() - at)) {
            const auto newline =
                static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
            const std::size_t length = line_ + newline - at;
            const char last = newline > at ? bytes[newline - 1] : carried_;
            line_ = 0;
            at = newline + 1;
            if (length == 0 || (length == 1 && last == '\r')) return at;
            if (at == bytes.size()) return std::string_view::npos;
        }
        line_ += bytes.size() - at;
        carried_ = bytes.back();
        return std::string_view::npos;
    }

    template <typename OnOversized>
    void keep(std::string_view bytes, OnOversized&& on_oversized) {
        if (!oversized_ && pending_.size() + bytes.size() > max_event_) {
            oversized_ = true;
            if (!pending_.empty()) on_oversized(std::string_view(pending_));
            release();
        }
        if (oversized_) {
            on_oversized(bytes);
        } else {
            pending_.append(bytes);
        }
    }

    void release() {
        pending_.clear();
        if (pending_.capacity() > 4096) pending_.shrink_to_fit();
    }

    SseEvent parse(std::string_view raw) {
        SseEvent event;
        event.raw = raw;
        while (!raw.empty()) {
            const std::size_t newline = raw.find('\n');
            std::string_view line = raw.substr(0, newline);
            raw.remove_prefix(newline + 1);
            if (line.ends_with('\r')) line.remove_suffix(1);
            read_line(line, event);
        }
        return event;
    }

    void read_line(std::string_view line, SseEvent& event) {
        const std::size_t colon = line.find(':');
        const std::string_view field = line.substr(0, colon);
        std::string_view value;
        if (colon != std::string_view::npos) value = line.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        if (field == "event") {
            event.name = value;
        } else if (field == "data" && !event.has_data) {
            event.data = value;
            event.has_data = true;
        } else if (field == "data") {
            if (event.data.data() != joined_.data()) joined_.assign(event.data);
            joined_ += '\n';
            joined_ += value;
            event.data = joined_;
        }
    }

    const std::size_t max_event_;
    std::string pending_;   // the start of an event cut off by the end of the bytes
    std::string joined_;    // several data lines of one event
    std::size_t line_ = 0;  // bytes of the current line seen in earlier calls
    char carried_ = 0;      // the last of them
    bool oversized_ = false;
};

// Appends one event. `data` may hold line feeds; each line gets its own `data:`. An empty `name`
// writes no `event:` line.
inline void append_sse(std::string& out, std::string_view name, std::string_view data) {
    if (!name.empty()) out.append("event: ").append(name).append("\n");
    for (;;) {
        const std::size_t newline = data.find('\n');
        out.append("data: ").append(data.substr(0, newline)).append("\n");
        if (newline == std::string_view::npos) break;
        data.remove_prefix(newline + 1);
    }
    out.append("\n");
}

}  // namespace gomodel
