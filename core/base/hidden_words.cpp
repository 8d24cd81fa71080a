#include "base/hidden_words.hpp"

#include <algorithm>

namespace gomodel::base {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::string_view kScheme = "://";

bool is_host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

// What a URL is made of, as far as it does not end a sentence or a quotation.
bool is_url_char(char c) {
    constexpr std::string_view kOthers = "\"'`<>(){}[],;\\|";
    return c > ' ' && kOthers.find(c) == std::string_view::npos;
}

// True iff the host does not go on at `end`: a dot may end a sentence.
bool host_ends(std::string_view text, std::size_t end) {
    if (end == text.size()) return true;
    if (text[end] == '.') return end + 1 == text.size() || !is_host_char(text[end + 1]);
    return !is_host_char(text[end]);
}

}  // namespace

void HiddenWords::add_secret(std::string_view secret) {
    constexpr std::size_t kLeast = 8;
    if (secret.size() >= kLeast) secrets_.emplace_back(secret);
}

void HiddenWords::add_url(std::string_view url) {
    const std::size_t scheme = url.find(kScheme);
    if (scheme == std::string_view::npos) return;
    url.remove_prefix(scheme + kScheme.size());
    url = url.substr(0, url.find_first_of("/?#"));
    const std::size_t user = url.rfind('@');
    if (user != std::string_view::npos) url.remove_prefix(user + 1);
    if (!url.empty()) authorities_.emplace_back(url);
}

bool HiddenWords::hide(std::string& text) const {
    bool any = false;
    for (const std::string& authority : authorities_)
        any = hide_urls(text, authority) || any;
    for (const std::string& secret : secrets_) {
        for (std::size_t at = text.find(secret); at != std::string::npos;
             at = text.find(secret, at + kHidden.size())) {
            text.replace(at, secret.size(), kHidden);
            any = true;
        }
    }
    return any;
}

bool HiddenWords::hide_urls(std::string& text, std::string_view authority) const {
    const bool has_port = authority.find(':') != std::string_view::npos;
    bool any = false;
    std::size_t at = 0;
    while ((at = text.find(authority, at)) != std::string::npos) {
        std::size_t end = at + authority.size();
        std::size_t begin = at;
        while (begin > 0 && is_url_char(text[begin - 1]))
            --begin;
        const std::size_t scheme = std::string_view(text).substr(begin, at - begin).rfind(kScheme);
        const bool in_url = scheme != std::string_view::npos;
        const bool whole = host_ends(text, end) && (at == 0 || !is_host_char(text[at - 1]));
        if (!whole || (!in_url && !has_port)) {
            at = end;
            continue;
        }
        if (in_url) {
            std::size_t start = begin + scheme;
            while (start > begin && is_host_char(text[start - 1]))
                --start;
            begin = start;
            while (end < text.size() && is_url_char(text[end]))
                ++end;
            while (text[end - 1] == '.' || text[end - 1] == ':')
                --end;
        } else {
            begin = at;
        }
        text.replace(begin, end - begin, kHidden);
        at = begin + kHidden.size();
        any = true;
    }
    return any;
}

}  // namespace gomodel::base
