#include "config/url_path.hpp"

#include <vector>

#include "base/text.hpp"

namespace gomodel::config {

std::string clean_url_path(std::string_view text) {
    text = base::trim(text);
    std::vector<std::string_view> segments;
    while (!text.empty()) {
        const std::size_t end = text.find('/');
        const std::string_view segment = text.substr(0, end);
        if (segment == "..") {
            if (!segments.empty()) segments.pop_back();
        } else if (!segment.empty() && segment != ".") {
            segments.push_back(segment);
        }
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    std::string path;
    for (const std::string_view segment : segments) {
        path.append("/").append(segment);
    }
    return path.empty() ? "/" : path;
}

bool is_under(std::string_view path, std::string_view root) {
    if (root == "/") return true;
    if (!path.starts_with(root)) return false;
    return path.size() == root.size() || path[root.size()] == '/';
}

}  // namespace gomodel::config
