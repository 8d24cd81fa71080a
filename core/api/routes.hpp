// The table of the gateway's own endpoints: method and path to handler. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
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
    std::string_view method;  // or several: "GET, POST". GET alone also serves HEAD
    // "/v1/models/{id}": the parameter is the rest of the path, but for what follows in the
    // pattern: "/keys/{id}/deactivate".
    std::string_view pattern;
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

// The path of a request target below a base path ("/", "/gateway"), percent-decoded, without its
// query: "/health" for "/gateway/health?x" and "/" for the base path itself. Errors: kInvalid
// (badly encoded, or a %2F where the base path has a slash), kNotFound (not below it).
base::Result<std::string> locate(std::string_view base_path, std::string_view target);

// The same path as it was received, still encoded. REQUIRES: locate() found it.
std::string_view locate_escaped(std::string_view base_path, std::string_view target);

// Undoes %XX; nullopt: badly encoded.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace gomodel::api
