#include "net/http_status.hpp"

#include <ostream>
// Beast 1.74 forgets <ostream>.
#include <boost/beast/http/status.hpp>

namespace gomodel::net {

std::string_view reason_phrase(int status) {
    const auto phrase = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    return phrase.empty() ? std::string_view("Unknown")
                          : std::string_view(phrase.data(), phrase.size());
}

}  // namespace gomodel::net
