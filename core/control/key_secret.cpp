#include "control/key_secret.hpp"

#include <sys/random.h>

#include <array>

#include "base/sha256.hpp"
#include "gateway/managed_key.hpp"

namespace gomodel::control {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kShown = 4;

// RFC 4648, 5; without padding.
std::string base64url(const std::array<unsigned char, kSecretBytes>& bytes) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    unsigned bits = 0;
    int waiting = 0;
    for (const unsigned char byte : bytes) {
        bits = (bits << 8 | byte) & 0xffffU;
        for (waiting += 8; waiting >= 6; waiting -= 6)
            text += kAlphabet[bits >> (waiting - 6) & 63U];
    }
    if (waiting > 0) text += kAlphabet[bits << (6 - waiting) & 63U];
    return text;
}

}  // namespace

base::Result<std::string> new_token() {
    std::array<unsigned char, kSecretBytes> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        return base::Error{base::Code::kInternal,
                           "the operating system gives no random bytes for a new API key"};
    }
    return std::string(gateway::kKeyPrefix) + base64url(bytes);
}

std::string secret_hash(std::string_view token) {
    return base::sha256_hex(token.substr(gateway::kKeyPrefix.size()));
}

std::string redacted(std::string_view token) {
    return std::string(gateway::kKeyPrefix) + "..." +
           std::string(token.substr(token.size() - kShown));
}

}  // namespace gomodel::control
