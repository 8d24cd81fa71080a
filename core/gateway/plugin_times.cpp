#include "gateway/plugin_times.hpp"

#include <cstdio>

namespace gomodel::gateway {
namespace {

void append(std::string& text, std::string_view name, base::Duration spent) {
    const double milliseconds = std::chrono::duration<double, std::milli>(spent).count();
    char duration[48];
    std::snprintf(duration, sizeof duration, ";dur=%.4f", milliseconds);
    if (!text.empty()) text += ", ";
    text.append(name).append(duration);
}

}  // namespace

base::Duration& PluginTimes::of(std::string_view id) {
    for (std::size_t i = 0; i < used_; ++i) {
        if (entries_[i].plugin == id) return entries_[i].spent;
    }
    if (used_ == entries_.size()) return entries_.back().spent;
    Entry& entry = entries_[used_++];
    entry.plugin = used_ == entries_.size() ? "others" : id;
    return entry.spent;
}

base::Duration PluginTimes::total() const {
    base::Duration sum{};
    for (std::size_t i = 0; i < used_; ++i)
        sum += entries_[i].spent;
    return sum;
}

std::string PluginTimes::header(base::Duration total) const {
    std::string text;
    for (std::size_t i = 0; i < used_; ++i)
        append(text, entries_[i].plugin, entries_[i].spent);
    append(text, "total", total);
    return text;
}

}  // namespace gomodel::gateway
