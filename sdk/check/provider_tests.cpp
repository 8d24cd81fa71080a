// What is asked of a provider. No network: the test plays the host against recorded answers.

#include <gomodel/abi.h>
#include <gomodel/testing/exchange.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fixture.hpp"
#include "json_text.hpp"
#include "scenario.hpp"
#include "subject.hpp"
#include "suites.hpp"

namespace gomodel::check {
namespace {

using testing::ExchangeDriver;
using testing::ExchangeOptions;
using testing::Response;
using testing::Transcript;

const gm_provider_t& table_of(Subject& subject) {
    return *static_cast<const gm_provider_t*>(subject.plugin().vtable);
}

// The operations it declares, and its fixtures.
std::vector<Scenario> scenarios(Subject& subject) {
    std::vector<Scenario> found = scenarios_for(subject.plugin().flags);
    if (!subject.options().fixtures.empty()) {
        for (Fixture& fixture : read_fixtures(subject.options().fixtures)) {
            found.push_back(std::move(fixture.scenario));
        }
    }
    return found;
}

std::unique_ptr<Instance> instance_for(Subject& subject, const Scenario& scenario) {
    if (scenario.config.empty()) return subject.instance();
    return subject.instance(subject.schema().with_defaults(scenario.config));
}

Transcript drive(Subject& subject, const Instance& instance, const Scenario& scenario,
                 ExchangeOptions options = {}) {
    return testing::run_exchange(table_of(subject), instance.self(), scenario.op, scenario.answers,
                                 options);
}

void expect_contract_kept(const Transcript& seen, const std::string& where) {
    if (!seen.violations.empty()) fail(where + ": " + seen.violations.front());
}

std::string describe_failure(const Transcript& seen) {
    return seen.failed_in + " returned " + name_of_status(seen.status) + ", " + seen.message;
}

// ---- what it sends ----

void declared_ops_build_requests(Subject& subject) {
    const auto instance = subject.instance();
    const auto declared = scenarios_for(subject.plugin().flags);
    expect(!declared.empty(), "its flags declare no operation");
    for (const Scenario& scenario : declared) {
        const Transcript seen = drive(subject, *instance, scenario);
        expect_contract_kept(seen, scenario.name);
        // What follows the first answer depends on its dialect; the fixtures look at that.
        const bool began = !seen.sent.empty() || !seen.outputs.empty();
        expect(began, scenario.name + ": neither a request nor an answer" +
                          (seen.status == GM_OK ? "" : ": " + describe_failure(seen)));
    }
}

void expect_absolute(const std::string& url, const std::string& where) {
    const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
    expect(scheme > 0, where + ": \"" + url + "\" is no absolute http or https URL");
    const std::string_view rest = std::string_view(url).substr(scheme);
    const std::size_t host = rest.find_first_of("/?#");
    expect(host != 0 && !rest.empty(), where + ": no host in " + url);
    const bool encoded =
        std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    expect(encoded, where + ": a byte that must be percent-encoded in \"" + url + "\"");
    expect(url.find('#') == std::string::npos, where + ": a fragment in " + url);
    const std::string_view path = rest.substr(0, rest.find('?'));
    expect(path.find("//") == std::string_view::npos, where + ": an empty path segment in " + url);
}

void url_absolute(Subject& subject) {
    std::vector<std::string> configs = {subject.config()};
    if (subject.schema().has_field("base_url")) {
        for (const char* const url : {"\"https://upstream.example.test/api/v1\"",
                                      "\"https://upstream.example.test/api/v1/\""}) {
            std::string config = Schema::with_field(configs[0], "base_url", url);
            // A schema may forbid the slash at the end; then it never gets here.
            if (subject.schema().problems(config).empty()) configs.push_back(std::move(config));
        }
    }
    for (const std::string& config : configs) {
        const auto instance = subject.instance(config);
        for (const Scenario& scenario : scenarios_for(subject.plugin().flags)) {
            for (const auto& request : drive(subject, *instance, scenario).sent) {
                expect_absolute(request.url, scenario.name);
                expect(!request.method.empty(), scenario.name + ": no method");
            }
        }
    }
}

void secret_only_in_headers(Subject& subject) {
    if (!subject.schema().has_secrets()) skip("no field of its configuration is marked x-secret");
    const auto instance = subject.instance(subject.config_with_secret());
    const auto holds = [](const std::string& text) {
        return text.find(Subject::kSecret) != std::string::npos;
    };
    for (const Scenario& scenario : scenarios_for(subject.plugin().flags)) {
        for (const auto& request : drive(subject, *instance, scenario).sent) {
            expect(!holds(request.url), scenario.name + ": the secret is in the URL");
            expect(!holds(request.body), scenario.name + ": the secret is in the body");
            for (const auto& header : request.headers) {
                expect(!holds(header.name), scenario.name + ": the secret is a header's name");
            }
        }
    }
}

// ---- what it makes of answers ----

// How two drives of one scenario differ; empty: not at all.
std::string difference(const Transcript& a, const Transcript& b) {
    if (a.violations != b.violations) return "one breaks the contract";
    if (a.status != b.status || a.failed_in != b.failed_in) return "one fails";
    if (a.body() != b.body()) return "the bodies differ: " + a.body() + " and " + b.body();
    if (a.chunks() != b.chunks()) return "the chunks differ";
    if (a.error_body() != b.error_body()) return "the errors differ";
    if (a.relayed != b.relayed || a.http_status != b.http_status) return "the relays differ";
    if (a.sent.size() != b.sent.size()) return "the number of requests differs";
    for (std::size_t i = 0; i < a.sent.size(); ++i) {
        if (a.sent[i].url != b.sent[i].url || a.sent[i].body != b.sent[i].body) {
            return "the requests differ";
        }
    }
    return {};
}

void expect_same(const Transcript& a, const Transcript& b, const std::string& where) {
    const std::string unlike = difference(a, b);
    if (!unlike.empty()) fail(where + ": " + unlike);
}

void byte_split_equals_whole(Subject& subject) {
    constexpr std::size_t kEveryCutUpTo = 4096;
    for (const Scenario& scenario : scenarios(subject)) {
        const auto instance = instance_for(subject, scenario);
        const Transcript whole = drive(subject, *instance, scenario);
        const auto compare_with = [&](ExchangeOptions options, const std::string& how) {
            expect_same(whole, drive(subject, *instance, scenario, options),
                        scenario.name + ", its answer whole and " + how);
        };
        for (const std::size_t piece : std::initializer_list<std::size_t>{1, 2, 7}) {
            compare_with({.piece = piece}, "in pieces of " + std::to_string(piece));
        }
        std::size_t longest = 0;
        for (const Response& answer : scenario.answers) {
            longest = std::max(longest, answer.body.size());
        }
        for (std::size_t cut = 1; cut < std::min(longest, kEveryCutUpTo); ++cut) {
            compare_with({.cut = cut}, "cut after byte " + std::to_string(cut));
        }
    }
}

void expect_json(const std::string& text, const std::string& where) {
    if (!parse_json(text).has_value()) fail(where + ": what it wrote is not JSON: " + text);
}

bool is_openai_error(const std::string& text) {
    const std::optional<rapidjson::Document> document = parse_json(text);
    if (!document.has_value()) return false;
    const rapidjson::Value* const error = find_member(*document, "error");
    if (error == nullptr) return false;
    const rapidjson::Value* const message = find_member(*error, "message");
    return message != nullptr && message->IsString();
}

// What may follow an answer that is not what it should be.
void expect_sound(const Transcript& seen, const std::string& where) {
    expect_contract_kept(seen, where);
    expect(seen.status != GM_INTERNAL, where + ": " + describe_failure(seen) +
                                           ". GM_INTERNAL is for bugs: write a GM_OUT_ERROR");
    if (seen.status != GM_OK || seen.error) return;
    const std::string error = seen.error_body();
    expect(error.empty() || is_openai_error(error),
           where + ": what it wrote as an error is not {\"error\":{\"message\":…}}: " + error);
    if (!seen.body().empty()) expect_json(seen.body(), where);
    for (const std::string& chunk : seen.chunks())
        expect_json(chunk, where);
}

void bad_upstream_json(Subject& subject) {
    constexpr std::array kBodies = {
        "",
        "{",
        "<html>502</html>",
        "null",
        "[]",
        "{}",
        "\"text\"",
        "{\"choices\":7,\"data\":\"x\"}",
        "{\"choices\":[{\"message\":null}],\"content\":{}}",
        "data: {\n\n",
        "data: null\n\n",
        "data: {\"choices\":\"x\"}\n\n",
        "event: message_start\ndata: []\n\n",
        "\xff\xfe\n\n",
        "data: {\"type\":\"content_block_delta\"}\n\ndata: {\"type\":\"error\"}\n\n"};
    const auto instance = subject.instance();
    for (Scenario& scenario : scenarios_for(subject.plugin().flags)) {
        for (const char* const body : kBodies) {
            for (Response& answer : scenario.answers)
                answer.body = body;
            const Transcript seen = drive(subject, *instance, scenario);
            const std::string where = scenario.name + ", answered with " + body;
            expect_sound(seen, where);
            const bool silent = seen.status == GM_OK && !seen.sent.empty() && !seen.error &&
                                seen.outputs.empty() && seen.relayed != body;
            expect(!silent || scenario.op.stream, where + ": nothing was written");
        }
    }
}

void upstream_errors_become_openai_errors(Subject& subject) {
    constexpr std::array<std::uint32_t, 12> kStatuses = {400, 401, 403, 404, 408, 409,
                                                         422, 429, 500, 502, 503, 529};
    constexpr std::array kBodies = {
        R"({"error":{"message":"Rate limit reached","type":"requests","param":null,"code":null}})",
        "<html>busy</html>", ""};
    const auto instance = subject.instance();
    for (Scenario& scenario : scenarios_for(subject.plugin().flags)) {
        for (const std::uint32_t status : kStatuses) {
            for (const char* const body : kBodies) {
                // As many as a provider that tries again by itself may ask for.
                scenario.answers.assign(8, {status, {{"content-type", "application/json"}}, body});
                const Transcript seen = drive(subject, *instance, scenario);
                const std::string where =
                    scenario.name + ", answered with status " + std::to_string(status);
                expect_sound(seen, where);
                const bool told = seen.error.has_value() || !seen.error_body().empty();
                expect(told || seen.sent.empty(),
                       where +
                           ": the client is not told. Frame it GM_FRAME_ERROR or write a "
                           "GM_OUT_ERROR" +
                           (seen.status == GM_OK ? "" : "; " + describe_failure(seen)));
            }
        }
    }
}

// ---- how it lives ----

void abandon_at_every_step(Subject& subject) {
    for (const Scenario& scenario : scenarios(subject)) {
        const auto instance = instance_for(subject, scenario);
        bool over = false;
        for (int steps = 0; !over && steps < 1000; ++steps) {
            ExchangeDriver driver(table_of(subject), instance->self(), scenario.op,
                                  scenario.answers, {.piece = 16});
            for (int i = 0; i < steps && !over; ++i)
                over = !driver.step();
            driver.close();
        }
    }
}

void two_exchanges_interleaved(Subject& subject) {
    const auto instance = subject.instance();
    const auto declared = scenarios_for(subject.plugin().flags);
    std::vector<Transcript> alone;
    alone.reserve(declared.size());
    for (const Scenario& scenario : declared)
        alone.push_back(drive(subject, *instance, scenario));
    for (std::size_t a = 0; a < declared.size(); ++a) {
        for (std::size_t b = a; b < declared.size(); ++b) {
            const auto driver_of = [&](const Scenario& scenario) {
                return std::make_unique<ExchangeDriver>(table_of(subject), instance->self(),
                                                        scenario.op, scenario.answers);
            };
            const auto first = driver_of(declared[a]);
            const auto second = driver_of(declared[b]);
            for (bool more = true; more;) {
                more = first->step();
                more = second->step() || more;
            }
            const std::string both = declared[a].name + " and " + declared[b].name + " at once";
            expect_same(alone[a], first->seen(), both);
            expect_same(alone[b], second->seen(), both);
        }
    }
}

void fixtures_replay(Subject& subject) {
    if (subject.options().fixtures.empty()) skip("no --fixtures given");
    const auto fixtures = read_fixtures(subject.options().fixtures);
    expect(!fixtures.empty(), "no folder with an op.json in " + subject.options().fixtures);
    for (const Fixture& fixture : fixtures) {
        const auto instance = instance_for(subject, fixture.scenario);
        const Transcript seen = drive(subject, *instance, fixture.scenario);
        try {
            if (subject.options().update_fixtures) {
                update(fixture, seen);
            } else {
                compare(fixture, seen);
            }
        } catch (const Result& result) {
            fail(fixture.scenario.name + ": " + result.message);
        }
    }
}

constexpr Test kProviderTests[] = {
    {"declared-ops-build-requests",
     "Every operation it declares begins with a request, or answers.", declared_ops_build_requests,
     Level::kInstance},
    {"url-absolute", "URLs are absolute and encoded, also when base_url ends in a slash.",
     url_absolute, Level::kInstance},
    {"secret-only-in-headers", "Credentials travel in headers, not in URLs or bodies.",
     secret_only_in_headers, Level::kInstance},
    {"byte-split-equals-whole", "An answer cut anywhere gives the same as the answer whole.",
     byte_split_equals_whole, Level::kInstance},
    {"bad-upstream-json", "Answers that are not what they should be become errors, not bugs.",
     bad_upstream_json, Level::kInstance},
    {"upstream-4xx-5xx-become-openai-errors", "The client is told of every upstream error.",
     upstream_errors_become_openai_errors, Level::kInstance},
    {"abandon-at-every-step", "An exchange may be closed after any step.", abandon_at_every_step,
     Level::kInstance},
    {"two-exchanges-interleaved", "Exchanges at once give what each gives alone.",
     two_exchanges_interleaved, Level::kInstance},
    {"fixtures-replay", "Recorded exchanges send and give what was recorded.", fixtures_replay,
     Level::kInstance},
};

}  // namespace

std::span<const Test> provider_tests() {
    return kProviderTests;
}

}  // namespace gomodel::check
