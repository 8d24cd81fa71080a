#include "net/resolver.hpp"

#include <Poco/Net/DNS.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/IPAddress.h>

namespace gomodel::net {
namespace {

constexpr auto kRemember = std::chrono::seconds(30);
constexpr std::size_t kMaxEntries = 1024;

// Without AI_ADDRCONFIG, which would hide ::1 on a host whose only IPv6 address is the loopback.
Poco::Net::HostEntry::AddressList look_up_addresses(const std::string& host) {
    return Poco::Net::DNS::hostByName(host, Poco::Net::DNS::DNS_HINT_NONE).addresses();
}

base::Result<Addresses> look_up(const std::string& host, std::uint16_t port) {
    try {
        Addresses addresses;
        for (const Poco::Net::IPAddress& address : look_up_addresses(host)) {
            addresses.emplace_back(address, port);
        }
        if (!addresses.empty()) return addresses;
    } catch (const std::exception&) {
        // Poco's text carries no more than the name: said below. Out of memory is no other case.
    }
    return base::Error{base::Code::kUnavailable, "cannot resolve host name \"" + host + "\""};
}

}  // namespace

Task<base::Result<Addresses>> Resolver::resolve(std::string host, std::uint16_t port) {
    Poco::Net::IPAddress literal;
    if (Poco::Net::IPAddress::tryParse(host, literal)) {
        co_return Addresses{Poco::Net::SocketAddress(literal, port)};
    }
    const std::string key = host + ':' + std::to_string(port);
    if (const auto found = cache_.find(key);
        found != cache_.end() && found->second.expires > loop_.now()) {
        co_return found->second.addresses;
    }
    base::Result<Addresses> result{base::Error{}};
    const std::function<void()> work = [&result, &host, port] { result = look_up(host, port); };
    co_await OnWorker(workers_, loop_, work);
    if (result.ok()) {
        if (cache_.size() >= kMaxEntries) cache_.clear();
        cache_[key] = Entry{*result, loop_.now() + kRemember};
    }
    co_return result;
}

}  // namespace gomodel::net
