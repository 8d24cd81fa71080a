#include "config/proxy.hpp"

#include "load.hpp"

namespace gomodel::config {
namespace {

TEST(Proxy, UrlsAreParsed) {
    struct Case {
        const char* url;
        const char* parts;  // scheme user password host port
    };
    const Case cases[] = {
        {"http://proxy:3128", "http|||proxy|3128"},
        {"proxy:3128", "http|||proxy|3128"},
        {"proxy", "http|||proxy|80"},
        {"https://Proxy/", "https|||proxy|443"},
        {"socks5://p", "socks5|||p|1080"},
        {"http://u:p@proxy:1", "http|u|p|proxy|1"},
        {"http://u@proxy:1", "http|u||proxy|1"},
        {"http://u:p%40%2f@proxy:1/x", "http|u|p@/|proxy|1"},
        {"http://u:p/x@proxy:1", "http|u|p/x|proxy|1"},
        {"http://[::1]:8080", "http|||::1|8080"},
        {" http://proxy:3128 ", "http|||proxy|3128"},
    };
    for (const Case& c : cases) {
        const auto server = parse_proxy(c.url);
        ASSERT_TRUE(server) << c.url;
        EXPECT_EQ(server->scheme + '|' + server->user + '|' + server->password + '|' +
                      server->host + '|' + std::to_string(server->port),
                  c.parts)
            << c.url;
    }
    for (const char* url : {"", "ftp://x", "http://", "http://:80", "http://x:0", "http://x:99999",
                            "http://x:y", "http://u:%zz@x", "http://a b", "http://[::1", "://x"}) {
        EXPECT_FALSE(parse_proxy(url)) << url;
    }
}

TEST(Proxy, LowerCaseVariablesWin) {
    const Loaded loaded = load_yaml("", {{"HTTP_PROXY", "http://upper"},
                                         {"http_proxy", "http://lower"},
                                         {"HTTPS_PROXY", "http://secure"},
                                         {"no_proxy", "a, b"}});
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_EQ(loaded.settings.proxy.http->host, "lower");
    EXPECT_EQ(loaded.settings.proxy.https->host, "secure");
    EXPECT_THAT(loaded.settings.proxy.no_proxy, testing::ElementsAre("a", "b"));
    EXPECT_EQ(loaded.where("proxy.http"), "http_proxy");
    const Loaded upper = load_yaml("", {{"HTTP_PROXY", "http://upper"}, {"http_proxy", ""}});
    EXPECT_EQ(upper.settings.proxy.http->host, "upper");
}

TEST(Proxy, ABadUrlIsAnErrorWithoutIt) {
    EXPECT_EQ(joined(load_yaml("", {{"https_proxy", "ftp://u:hunter2@x"}}).problems),
              "error environment: https_proxy: expected a URL such as http://proxy:3128 "
              "(proxy.https)\n");
}

TEST(Proxy, IsChosenByScheme) {
    Proxy proxy;
    EXPECT_EQ(proxy.select("https", "api.example.com", 443), nullptr);
    proxy.https = parse_proxy("http://secure:1");
    EXPECT_EQ(proxy.select("http", "api.example.com", 80), nullptr);
    EXPECT_EQ(proxy.select("https", "api.example.com", 443)->host, "secure");
}

TEST(Proxy, NoProxyNamesWhatIsReachedDirectly) {
    struct Case {
        const char* entry;
        const char* host;
        std::uint16_t port;
        bool direct;
    };
    const Case cases[] = {
        {"*", "api.example.com", 443, true},
        {"example.com", "example.com", 443, true},
        {"example.com", "API.Example.COM", 443, true},
        {"example.com", "example.com.", 443, true},
        {"example.com", "notexample.com", 443, false},
        {"example.com", "example.org", 443, false},
        {".example.com", "example.com", 443, false},
        {".example.com", "api.example.com", 443, true},
        {"*.example.com", "example.com", 443, false},
        {"*.example.com", "a.b.example.com", 443, true},
        {"example.com:443", "example.com", 443, true},
        {"example.com:443", "example.com", 80, false},
        {"example.com:x", "example.com", 80, false},
        {"10.0.0.1", "10.0.0.1", 80, true},
        {"10.0.0.1", "10.0.0.2", 80, false},
        {"10.0.0.1:80", "10.0.0.1", 80, true},
        {"10.0.0.0/8", "10.200.1.1", 80, true},
        {"10.0.0.0/8", "11.0.0.1", 80, false},
        {"10.0.0.0/8", "example.com", 80, false},
        {"10.0.0.0/99", "10.0.0.1", 80, false},
        {"10.0.0.0/x", "10.0.0.1", 80, false},
        {"2001:db8::/32", "2001:db8::5", 80, true},
        {"2001:db8::/32", "[2001:db9::5]", 80, false},
        {"[2001:db8::5]:443", "2001:db8::5", 443, true},
        {"0.0.0.1", "10.0.0.1", 80, false},
        {".", "example.com", 80, false},
        {"", "localhost", 80, true},
        {"", "LOCALHOST", 80, true},
        {"", "127.0.0.5", 80, true},
        {"", "::1", 80, true},
        {"", "example.com", 80, false},
    };
    for (const Case& c : cases) {
        Proxy proxy;
        proxy.http = parse_proxy("proxy:1");
        proxy.no_proxy = {"unrelated.test", c.entry};
        EXPECT_EQ(proxy.select("http", c.host, c.port) == nullptr, c.direct)
            << c.entry << ' ' << c.host << ':' << c.port;
    }
}

}  // namespace
}  // namespace gomodel::config
