// Compares JSON by what it says, not by how it is written.
#pragma once

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <string>
#include <string_view>

namespace anthropic {

inline rapidjson::Document parsed(std::string_view json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseNumbersAsStringsFlag>(json.data(), json.size());
    EXPECT_FALSE(document.HasParseError()) << json;
    return document;
}

// Succeeds iff both say the same; numbers must have the same digits.
inline void expect_json(std::string_view actual, std::string_view expected,
                        std::string_view of = {}) {
    EXPECT_TRUE(parsed(actual) == parsed(expected))
        << of << "\n  is:        " << actual << "\n  should be: " << expected;
}

}  // namespace anthropic
