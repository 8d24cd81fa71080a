// The table of the gateway's own endpoints: method and path to handler. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/request_context.hpp"

namespace gomodel::api {

struct Endpoints;

// What a route's handler gets besides the request.
struct RouteCall {
    gateway::RequestContext& context;
    Endpoints& endpoints;
    std::string parameter;  // what the pattern's {...} stood for, decoded
    std::string_view query;
};

using RouteHandler = net::Task<void> (*)(RouteCall* call);

struct Route {
    std::string_view method;   // GET also serves HEAD
    std::string_view pattern;  // "/v1/models/{id}": the parameter is the rest of the path
    RouteHandler handler;
    bool is_public = false;          // needs no credential
    bool model_interaction = false;  // always in the access log
};

struct Match {
    const Route* route = nullptr;  // nullptr: no such path, or not with this method
    std::string parameter;
    std::string allowed;  // methods the path has, for 405; empty: no such path
};

Match match(std::span<const Route> routes, std::string_view method, std::string_view path);

// The path of a request target without its query, percent-decoded; nullopt if it is malformed.
std::optional<std::string> decode_path(std::string_view target);

// The path below a base path ("/", "/gateway"); nullopt if it is not below it.
std::optional<std::string_view> below(std::string_view base_path, std::string_view path);

}  // namespace gomodel::api
