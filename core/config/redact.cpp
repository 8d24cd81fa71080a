#include "config/redact.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/names.hpp"

namespace gomodel::config {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::string_view kSecretWords[] = {
    "key",         "token",    "secret", "password", "passwd",        "pwd",       "credential",
    "credentials", "passfile", "apikey", "auth",     "authorization", "signature", "private"};

// Hides from the scheme to the last @ before a blank: a password may hold any other character.
std::string hide_userinfo(std::string_view text) {
    std::string result;
    while (true) {
        const std::size_t scheme = text.find("://");
        if (scheme == std::string_view::npos) break;
        const std::size_t start = scheme + 3;
        const std::string_view rest =
            text.substr(start, text.find_first_of(" \t\n", start) - start);
        const std::size_t at = rest.rfind('@');
        result += text.substr(0, start);
        text.remove_prefix(start);
        if (at != std::string_view::npos) {
            result += kHidden;
            text.remove_prefix(at);
        }
    }
    return result.append(text);
}

// Hides the value of name=value up to the next separator, where the name is a secret's.
std::string hide_pairs(std::string_view text) {
    std::string result;
    std::size_t name = 0;  // where the name before the next = starts
    for (std::size_t i = 0; i < text.size(); ++i) {
        result += text[i];
        if (text[i] == '=' && is_secret_name(text.substr(name, i - name))) {
            const std::size_t end = std::min(text.find_first_of(" \t\n&;", i), text.size());
            if (end > i + 1) result += kHidden;
            i = end - 1;
        }
        if (i < text.size() && !is_letter(text[i]) && !is_digit(text[i]) && text[i] != '_' &&
            text[i] != '-' && text[i] != '.') {
            name = i + 1;
        }
    }
    return result;
}

}  // namespace

bool is_secret_name(std::string_view name) {
    std::string words = base::lower(name);
    std::replace_if(
        words.begin(), words.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    for (const std::string& word : base::split_list(words, '_')) {
        const bool known = std::any_of(
            std::begin(kSecretWords), std::end(kSecretWords), [&](std::string_view secret) {
                return word == secret || (secret.size() >= 6 && word.ends_with(secret));
            });
        if (known) return true;
    }
    return false;
}

std::string redact_secret(std::string_view value) {
    return std::string(value.empty() ? value : kHidden);
}

std::string redact(std::string_view text) {
    return hide_pairs(hide_userinfo(text));
}

}  // namespace gomodel::config
