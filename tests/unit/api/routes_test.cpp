#include "api/routes.hpp"

#include <gtest/gtest.h>

namespace gomodel::api {
namespace {

struct Target {
    const char* base_path;
    const char* target;
    const char* path;  // empty: refused
    base::Code code = base::Code::kOk;
};

TEST(Locate, FindsThePathBelowTheBasePath) {
    const Target targets[] = {
        {"/", "/health", "/health"},
        {"/", "/", "/"},
        {"/", "/health?a=/b", "/health"},
        {"/", "http://host/health?x", "/health"},
        {"/", "http://host", "/"},
        {"/", "/v1/models/a%2Fb%20c", "/v1/models/a/b c"},
        {"/gw", "/gw/health", "/health"},
        {"/gw", "/gw", "/"},
        {"/gw", "/gw/", "/"},
        {"/gw", "http://host/gw/health", "/health"},
        {"/gw", "/%67w/health", "/health"},
        {"/gw", "/gw/v1/models/a%2Fb", "/v1/models/a/b"},
        {"/a/b", "/a/b/c/d", "/c/d"},
        {"/a b", "/a%20b/c", "/c"},
    };
    for (const Target& target : targets) {
        const base::Result<std::string> path = locate(target.base_path, target.target);
        ASSERT_TRUE(path.ok()) << target.target;
        EXPECT_EQ(*path, target.path) << target.target;
    }
}

TEST(Locate, RefusesWhatIsBesideItOrBadlyEncoded) {
    const Target targets[] = {
        {"/", "", "", base::Code::kInvalid},
        {"/", "*", "", base::Code::kInvalid},
        {"/", "host:443", "", base::Code::kInvalid},
        {"/", "/%", "", base::Code::kInvalid},
        {"/", "/%4", "", base::Code::kInvalid},
        {"/", "/a%4", "", base::Code::kInvalid},
        {"/", "/%4x", "", base::Code::kInvalid},
        {"/gw", "/health", "", base::Code::kNotFound},
        {"/gw", "/", "", base::Code::kNotFound},
        {"/gw", "/gwx/health", "", base::Code::kNotFound},
        {"/gw", "/GW/health", "", base::Code::kNotFound},
        {"/gw", "//gw/health", "", base::Code::kNotFound},
        {"/gw", "/gw%2Fhealth", "", base::Code::kInvalid},
        {"/gw", "/gw%2F", "", base::Code::kInvalid},
        {"/gw", "/gw/%zz", "", base::Code::kInvalid},
        {"/gw", "/%zz/health", "", base::Code::kInvalid},
        {"/a/b", "/a", "", base::Code::kNotFound},
        {"/a/b", "/a/c/b", "", base::Code::kNotFound},
        {"/a/b", "/a%2Fb/c", "", base::Code::kInvalid},
        {"/a/b", "/a%2Fb", "", base::Code::kInvalid},
    };
    for (const Target& target : targets) {
        const base::Result<std::string> path = locate(target.base_path, target.target);
        ASSERT_FALSE(path.ok()) << target.target << " is " << *path;
        EXPECT_EQ(path.error().code, target.code) << target.target;
    }
}

TEST(Match, NamesTheMethodsAPathHas) {
    const Route routes[] = {
        {"GET", "/a", nullptr}, {"POST", "/a", nullptr}, {"GET", "/b/{id}", nullptr}};
    EXPECT_EQ(match(routes, "POST", "/a").route, &routes[1]);
    EXPECT_EQ(match(routes, "HEAD", "/a").route, &routes[0]);
    EXPECT_EQ(match(routes, "PUT", "/a").allowed, "GET, HEAD, POST");
    EXPECT_EQ(match(routes, "GET", "/b/x/y").parameter, "x/y");
    const Match nothing = match(routes, "GET", "/b/");
    EXPECT_EQ(nothing.route, nullptr);
    EXPECT_TRUE(nothing.allowed.empty());
}

TEST(LocateEscaped, GivesThePathAsItWasReceived) {
    EXPECT_EQ(locate_escaped("/", "/p/a%2Fb/c%20d?x=/y"), "/p/a%2Fb/c%20d");
    EXPECT_EQ(locate_escaped("/gw", "/%67w/p/x%2fy"), "/p/x%2fy");
    EXPECT_EQ(locate_escaped("/a/b", "http://host/a/b/p/x?y"), "/p/x");
}

TEST(Match, ARouteMayHaveSeveralMethods) {
    const Route routes[] = {{"GET, POST, HEAD", "/p/{rest}", nullptr}, {"GET", "/other", nullptr}};
    for (const char* const method : {"GET", "POST", "HEAD"})
        EXPECT_EQ(match(routes, method, "/p/x").route, &routes[0]) << method;
    for (const char* const method : {"PUT", "ET", "GET, POST", "", "POST,"}) {
        const Match found = match(routes, method, "/p/x");
        EXPECT_EQ(found.route, nullptr) << method;
        EXPECT_EQ(found.allowed, "GET, POST, HEAD") << method;
    }
}

TEST(Match, AParameterIsWhatThePatternLeavesOpen) {
    const Route routes[] = {{"POST", "/keys/{id}/end", nullptr},
                            {"GET", "/keys/{id}", nullptr},
                            {"GET", "/p/{provider}/{endpoint}", nullptr}};
    const auto parameter = [&](std::string_view method, std::string_view path) {
        const Match found = match(routes, method, path);
        return found.route == nullptr ? "none" : found.parameter;
    };
    EXPECT_EQ(parameter("POST", "/keys/7/end"), "7");
    EXPECT_EQ(parameter("POST", "/keys/a/end/end"), "a/end");
    EXPECT_EQ(parameter("GET", "/keys//"), "/");
    for (const char* path : {"/keys//end", "/keys/end", "/keys/7/ends", "/keys/7"})
        EXPECT_EQ(parameter("POST", path), "none") << path;
    EXPECT_EQ(parameter("GET", "/keys/"), "none");
    EXPECT_EQ(parameter("GET", "/p/openai/v1/files"), "openai/v1/files");
}

}  // namespace
}  // namespace gomodel::api
