// stream-check: holds an event stream to the grammar of its dialect, for tests of any language.
//
//   stream-check chat|responses|messages [--upstream] [--time ROUNDS] < stream
//
// Prints the rules that the stream breaks, a line each ("missing-role mended"), and exits 1 if
// there are any. --upstream: as strictly as what comes from an upstream; else as what we write
// ourselves.
// --time: prints nanoseconds an event instead, the least of ROUNDS measurements.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <optional>
#include <vector>

#include "grammar_check.hpp"

namespace gomodel::tests {
namespace {

using dialect::Endpoint;
using dialect::grammar::Measure;
using dialect::grammar::StreamGrammar;

std::optional<Endpoint> endpoint_of(std::string_view name) {
    for (const Endpoint endpoint : {Endpoint::kChat, Endpoint::kResponses, Endpoint::kMessages}) {
        if (dialect::grammar::dialect_name(endpoint) == name) return endpoint;
    }
    return std::nullopt;
}

// Whole events are checked one after the other, as in the stream filter, which reads them anyway.
double nanoseconds_an_event(Endpoint endpoint, std::string_view stream, long rounds) {
    constexpr int kRepeats = 64;
    std::vector<SseEvent> events;
    SseReader reader;
    reader.feed(
        stream,
        [&](const SseEvent& event) {
            if (event.has_data) events.push_back(event);
        },
        [](std::string_view) {});
    if (events.empty()) return 0;
    double least = 1e18;
    std::size_t found = 0;
    for (long round = 0; round < rounds; ++round) {
        const auto began = std::chrono::steady_clock::now();
        for (int repeat = 0; repeat < kRepeats; ++repeat) {
            StreamGrammar grammar(endpoint, Measure::kUpstream);
            for (const SseEvent& event : events)
                grammar.check(event);
            found += grammar.violations().size();
        }
        const std::chrono::duration<double, std::nano> took =
            std::chrono::steady_clock::now() - began;
        least = std::min(least, took.count() / (kRepeats * static_cast<double>(events.size())));
    }
    if (found != 0) std::cerr << "the stream breaks rules; its time is not the usual one\n";
    return least;
}

int run(const std::vector<std::string_view>& arguments) {
    std::optional<Endpoint> endpoint;
    Measure measure = Measure::kOwn;
    long rounds = 0;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--upstream") {
            measure = Measure::kUpstream;
        } else if (arguments[i] == "--time" && i + 1 < arguments.size()) {
            rounds = std::strtol(arguments[++i].data(), nullptr, 10);
        } else if (!endpoint.has_value()) {
            endpoint = endpoint_of(arguments[i]);
        }
    }
    if (!endpoint.has_value()) {
        std::cerr << "stream-check chat|responses|messages [--upstream] [--time ROUNDS] < stream\n";
        return 2;
    }
    const std::string stream{std::istreambuf_iterator<char>(std::cin),
                             std::istreambuf_iterator<char>()};
    if (rounds > 0) {
        std::printf("%.0f\n", nanoseconds_an_event(*endpoint, stream, rounds));
        return 0;
    }
    const std::string broken = broken_rules(*endpoint, stream, measure);
    std::cout << broken;
    return broken.empty() ? 0 : 1;
}

}  // namespace
}  // namespace gomodel::tests

int main(int argc, char** argv) {
    return gomodel::tests::run({argv + 1, argv + argc});
}
