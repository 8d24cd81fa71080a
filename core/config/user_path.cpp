#include "config/user_path.hpp"

#include "base/text.hpp"

namespace gomodel::config {

base::Result<std::string> normalise_user_path(std::string_view text) {
    using base::Code;
    using base::Error;
    if (base::trim(text).empty()) return std::string();
    std::string path;
    for (const std::string& segment : base::split_list(text, '/')) {
        if (segment == "." || segment == "..") {
            return Error{Code::kInvalid, "user path cannot contain '.' or '..' segments"};
        }
        if (segment.find(':') != std::string::npos) {
            return Error{Code::kInvalid, "user path cannot contain ':'"};
        }
        path.append("/").append(segment);
    }
    return path.empty() ? std::string("/") : path;
}

}  // namespace gomodel::config
