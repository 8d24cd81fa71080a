#include "base/sha256.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>

namespace gomodel::base {

// The functions that OpenSSL would rather have replaced by EVP's: those load all its algorithms,
// two megabytes, which a gateway without TLS never needs. Both use the processor's instructions; a
// start hashes every plugin.
std::string sha256_hex(std::string_view bytes) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes.data(), bytes.size());
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
    SHA256_Final(digest.data(), &context);
    constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * digest.size());
    for (const unsigned char byte : digest) {
        hex += kDigits[byte >> 4];
        hex += kDigits[byte & 15];
    }
    return hex;
}

}  // namespace gomodel::base
