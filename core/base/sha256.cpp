#include "base/sha256.hpp"

#include <Poco/SHA2Engine.h>

namespace gomodel::base {

// Poco's rather than OpenSSL's: a gateway without TLS then never loads OpenSSL's algorithms, which
// take two megabytes.
std::string sha256_hex(std::string_view bytes) {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(bytes.data(), bytes.size());
    return Poco::DigestEngine::digestToHex(engine.digest());
}

}  // namespace gomodel::base
