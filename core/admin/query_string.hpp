// The parameters of a request's query: "a=1&b=two+words". Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace gomodel::admin {

class QueryString {
public:
    // What is badly encoded stays as it is. Of several with one name the first counts.
    explicit QueryString(std::string_view query);

    // Decoded and trimmed; empty: absent.
    const std::string& operator[](std::string_view name) const;
    void set(std::string name, std::string value) {
        parameters_[std::move(name)] = std::move(value);
    }

private:
    std::map<std::string, std::string, std::less<>> parameters_;
};

}  // namespace gomodel::admin
