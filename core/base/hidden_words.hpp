// Words that nobody is to be shown: a provider's key, and where it is. Upstreams repeat them in
// what they say went wrong. Pure; any thread once it is made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gomodel::base {

class HiddenWords {
public:
    // One of less than 8 characters could be part of any text; it is not hidden.
    void add_secret(std::string_view secret);
    // Its host: as part of a URL, with all of that, and with its port alone.
    void add_url(std::string_view url);

    // Puts "***" in their places. True iff there was any.
    bool hide(std::string& text) const;

private:
    bool hide_urls(std::string& text, std::string_view authority) const;

    std::vector<std::string> secrets_;
    std::vector<std::string> authorities_;
};

}  // namespace gomodel::base
