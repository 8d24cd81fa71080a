#include "config/interpolation.hpp"

#include <algorithm>

#include "config/environment.hpp"
#include "config/names.hpp"

namespace gomodel::config {
namespace {

constexpr int kMaxNesting = 16;
constexpr std::size_t kMaxUnresolved = 32;  // of one value, named to the operator

// One left-to-right pass; a nested default is a recursion. What is not terminated is found out at
// the end of the text, after which nothing is read again: linear in the length whatever is in it.
class Expansion {
public:
    Expansion(std::string_view text, const Environment& environment)
        : text_(text), environment_(environment) {}

    Interpolated run() {
        Interpolated out;
        expand(0, out);
        if (out.text.size() > kMaxInterpolated) {
            out.text.resize(kMaxInterpolated);
            out.too_long = true;
        }
        return out;
    }

private:
    // Appends up to the end, or at depth > 0 up to the closing brace, which stays unread.
    // Returns false when that brace is missing.
    bool expand(int depth, Interpolated& out) {
        while (at_ < text_.size() && out.text.size() <= kMaxInterpolated) {
            if (text_[at_] == '}' && depth > 0) return true;
            if (text_[at_] != '$') {
                out.text += text_[at_++];
            } else if (!dollar(depth, out)) {
                return false;
            }
        }
        return depth == 0;
    }

    // Reads what starts with the $ at at_. Returns false as expand() does.
    bool dollar(int depth, Interpolated& out) {
        const std::size_t start = at_;
        const char next = start + 1 < text_.size() ? text_[start + 1] : '\0';
        if (next == '{') {
            if (placeholder(depth, out)) return true;
            if (depth > 0) return false;
            out.text += text_.substr(start);
            out.malformed = true;
            at_ = text_.size();
            return true;
        }
        if (next != '$' && bare_variable()) out.bare = true;
        out.text += '$';
        at_ += next == '$' ? 2 : 1;
        return true;
    }

    // Reads the placeholder at at_. Returns false when it is not terminated.
    bool placeholder(int depth, Interpolated& out) {
        const std::string_view rest = text_.substr(at_ + 2);
        const std::string_view name = rest.substr(0, variable_name_length(rest));
        const std::string_view after = rest.substr(name.size());
        const bool has_default = after.starts_with(":-");
        if (name.empty() || (!has_default && !after.starts_with('}'))) {
            out.malformed = true;
            out.text += "${";
            at_ += 2;
            return true;
        }
        Interpolated fallback;
        at_ += 2 + name.size();
        if (has_default) {
            at_ += 2;
            if (depth == kMaxNesting || !expand(depth + 1, fallback)) return false;
        } else {
            fallback.text.append("${").append(name) += '}';
            fallback.unresolved.emplace_back(name);
        }
        ++at_;
        if (const Variable* const variable = environment_.find(name)) {
            out.text += variable->value;
        } else {
            adopt(out, fallback);
        }
        return true;
    }

    static void adopt(Interpolated& out, const Interpolated& part) {
        out.text += part.text;
        out.malformed = out.malformed || part.malformed;
        out.bare = out.bare || part.bare;
        for (const std::string& name : part.unresolved) {
            const auto known = std::find(out.unresolved.begin(), out.unresolved.end(), name);
            if (known != out.unresolved.end()) continue;
            if (out.unresolved.size() < kMaxUnresolved) out.unresolved.push_back(name);
        }
    }

    bool bare_variable() const {
        const std::string_view rest = text_.substr(at_ + 1);
        const std::size_t length = variable_name_length(rest);
        return length > 0 && environment_.find(rest.substr(0, length)) != nullptr;
    }

    const std::string_view text_;
    const Environment& environment_;
    std::size_t at_ = 0;
};

}  // namespace

Interpolated interpolate(std::string_view text, const Environment& environment) {
    if (text.find('$') == std::string_view::npos) return {std::string(text), {}, {}, {}, {}};
    return Expansion(text, environment).run();
}

}  // namespace gomodel::config
