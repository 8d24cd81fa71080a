// A stream, which rules it breaks and what the client gets: whole and cut anywhere.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/stream_filter.hpp"

namespace gomodel::dialect::grammar {

struct Case {
    std::string name;
    std::vector<std::string> events;
    std::string broken = {};                 // "missing-role mended, ...", in their order
    std::vector<std::string> expected = {};  // empty: the events themselves
    bool own = false;                        // only what we write ourselves is held to it
};

inline void PrintTo(const Case& test, std::ostream* out) {
    *out << test.name;
}

inline std::string name_of(const testing::TestParamInfo<Case>& info) {
    return info.param.name;
}

inline std::string joined(const std::vector<std::string>& events) {
    std::string all;
    for (const std::string& event : events)
        all += event;
    return all;
}

struct Filtered {
    std::string out;
    std::string broken;
};

inline Filtered filtered(Endpoint endpoint, std::string_view stream, std::size_t step,
                         Measure measure) {
    StreamFilter filter(endpoint, false, measure);
    Filtered result;
    std::vector<std::string_view> out;
    const auto take = [&] {
        for (const std::string_view piece : out)
            result.out.append(piece);
        out.clear();
    };
    for (std::size_t at = 0; at < stream.size(); at += step) {
        const std::string piece(stream.substr(at, step));  // its own memory, gone afterwards
        filter.feed(piece, out);
        take();
    }
    filter.finish(out);
    take();
    for (const Violation& violation : filter.take_violations()) {
        if (!result.broken.empty()) result.broken += ", ";
        result.broken.append(to_string(violation.rule)).append(" ");
        result.broken.append(to_string(violation.action));
    }
    return result;
}

inline void check(Endpoint endpoint, const Case& test) {
    const std::string stream = joined(test.events);
    const std::string expected = test.expected.empty() ? stream : joined(test.expected);
    const Measure measure = test.own ? Measure::kOwn : Measure::kUpstream;
    constexpr std::size_t kFew = 8 * 1024;  // of a longer stream not every cut is tried
    const std::size_t longest = stream.size() > kFew ? 1 : std::min<std::size_t>(stream.size(), 80);
    for (std::size_t step = 1; step <= longest; ++step) {
        const std::size_t size = stream.size() > kFew ? 997 : step;
        const Filtered result = filtered(endpoint, stream, size, measure);
        ASSERT_EQ(result.broken, test.broken) << "in pieces of " << size;
        ASSERT_EQ(result.out, expected) << "in pieces of " << size;
    }
    if (stream.size() > kFew) return;  // in one piece it would not be too large
    const Filtered whole = filtered(endpoint, stream, stream.size(), measure);
    EXPECT_EQ(whole.broken, test.broken);
    EXPECT_EQ(whole.out, expected);
    if (!test.own) return;
    EXPECT_EQ(filtered(endpoint, stream, stream.size(), Measure::kUpstream).broken, "");
}

}  // namespace gomodel::dialect::grammar
