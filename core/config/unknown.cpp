#include "config/unknown.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gomodel::config {

void warn_unknown(const Document& document, const Node& mapping, std::string_view shown,
                  const std::vector<std::string_view>& known, Problems& problems) {
    constexpr std::size_t kLongest = 64;  // no known name is nearly as long
    for (const Entry& entry : mapping.entries) {
        if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
        std::string message = "unknown key, ignored";
        const auto near = entry.key.size() > kLongest || problems.full()
                              ? std::nullopt
                              : base::nearest(entry.key, known);
        if (near) message += "; did you mean " + *near + '?';
        problems.warn(document.where(entry.line), join_path(shown, entry.key), std::move(message));
    }
}

}  // namespace gomodel::config
