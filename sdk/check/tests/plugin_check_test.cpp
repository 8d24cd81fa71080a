// Runs plugin-check as its users do, on modules that break the contract in one way each.

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

struct Report {
    int exit_status = -1;
    std::string output;
};

Report run(const std::string& arguments) {
    const std::string command = PLUGIN_CHECK " " + arguments + " 2>/dev/null";
    Report result;
    FILE* const pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return result;
    std::array<char, 4096> buffer;
    for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        result.output.append(buffer.data(), got);
    }
    const int status = pclose(pipe);
    result.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

std::string module(const std::string& name) {
    return MODULES "/" + name + ".so";
}

// "fail ttl-expires" and the like, of every test that did not pass; skipped ones on request.
std::set<std::string> verdicts(const std::string& json, bool skips = false) {
    rapidjson::Document document;
    document.Parse(json.data(), json.size());
    std::set<std::string> found;
    if (document.HasParseError()) return {"the report is not JSON: " + json};
    for (const auto& line : document["tests"].GetArray()) {
        const std::string status = line["status"].GetString();
        if (status == "pass" || (status == "skip" && !skips)) continue;
        found.insert(status + " " + line["test"].GetString());
    }
    return found;
}

struct Broken {
    const char* module;
    const char* verdict;
    int exit_status = 1;
};

void PrintTo(const Broken& broken, std::ostream* out) {
    *out << broken.module;
}

class BrokenModule : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenModule, FailsExactlyTheTestMeantForIt) {
    const Broken& broken = GetParam();
    const std::string fixtures =
        broken.module == std::string("unlike_its_fixture") ? " --fixtures " FIXTURES "/bad" : "";
    // GCC 12's LeakSanitizer crashes over thread locals of modules that were unloaded.
    if (broken.module == std::string("thread_local_destructor"))
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    const Report result = run(module(broken.module) + " --json" + fixtures);
    EXPECT_EQ(verdicts(result.output), std::set<std::string>{broken.verdict}) << result.output;
    EXPECT_EQ(result.exit_status, broken.exit_status);
}

INSTANTIATE_TEST_SUITE_P(Module, BrokenModule,
                         ::testing::Values(Broken{"two_exports", "fail exports-exactly-one-symbol"},
                                           Broken{"unique_symbol", "fail no-unique-symbols"},
                                           Broken{"thread_local_destructor",
                                                  "warn no-thread-local-destructors", 0},
                                           Broken{"wrong_major", "fail abi-version-accepted"},
                                           Broken{"needs_newer_host", "fail abi-version-accepted"},
                                           Broken{"no_size", "fail sizes-set"},
                                           Broken{"hole_in_table", "fail sizes-set"},
                                           Broken{"bad_id", "fail ids-wellformed"},
                                           Broken{"bad_version", "fail ids-wellformed"},
                                           Broken{"twins", "fail no-duplicate-ids"},
                                           Broken{"unknown_interface", "fail known-interface"},
                                           Broken{"wrong_kind", "fail known-interface"},
                                           Broken{"nodelete", "fail load-unload-unmaps"},
                                           Broken{"init_once", "fail init-deinit-twice"}),
                         [](const auto& each) { return each.param.module; });

INSTANTIATE_TEST_SUITE_P(
    Config, BrokenModule,
    ::testing::Values(Broken{"bad_schema", "fail schema-is-valid"},
                      Broken{"open_schema", "fail schema-is-closed"},
                      Broken{"undescribed", "fail every-property-described"},
                      Broken{"refuses_defaults", "fail defaults-create"},
                      Broken{"crashes_in_create", "crash defaults-create"},
                      Broken{"typeless_field", "fail bad-field-names-the-field"},
                      Broken{"nameless_complaint", "fail bad-field-names-the-field"},
                      Broken{"crashes_on_mutated_config", "crash mutated-config-never-crashes"},
                      Broken{"secret_in_log", "fail secret-never-in-message"},
                      Broken{"secret_in_message", "fail secret-never-in-message"},
                      Broken{"leaks_thread", "fail threads-and-fds-return"},
                      Broken{"leaks_fd", "fail threads-and-fds-return"}),
    [](const auto& each) { return each.param.module; });

INSTANTIATE_TEST_SUITE_P(
    Cache, BrokenModule,
    ::testing::Values(Broken{"writes_on_miss", "fail miss-is-not-found"},
                      Broken{"text_only", "fail binary-round-trip"},
                      Broken{"small_only", "fail one-mebibyte"}, Broken{"stale", "fail overwrite"},
                      Broken{"erase_complains", "fail erase-is-idempotent"},
                      Broken{"no_ttl", "fail ttl-expires"},
                      Broken{"mixes_threads_up", "fail eight-threads"},
                      Broken{"ignores_deadline", "fail past-deadline-returns"},
                      Broken{"swallows_refusal", "fail refusing-sink-propagates"}),
    [](const auto& each) { return each.param.module; });

INSTANTIATE_TEST_SUITE_P(
    Storage, BrokenModule,
    ::testing::Values(Broken{"storage_ensures_once", "fail ensure-idempotent"},
                      Broken{"storage_writes_half", "fail write-is-all-or-nothing"},
                      Broken{"storage_keeps_the_old", "fail upsert"},
                      Broken{"storage_skips_a_row", "fail paging-visits-each-row-once"},
                      Broken{"storage_closes_the_window", "fail time-window-half-open"},
                      Broken{"storage_knows_utc_only", "fail group-by-day-in-zone"},
                      Broken{"storage_refuses_nul", "fail nul-and-bad-utf8-text-survive"},
                      Broken{"storage_takes_one_at_a_time", "fail eight-writers"}),
    [](const auto& each) { return each.param.module; });

INSTANTIATE_TEST_SUITE_P(
    Guardrail, BrokenModule,
    ::testing::Values(Broken{"guardrail_watches_nothing", "fail watches-something"},
                      Broken{"guardrail_drops_the_last", "fail rewrite-pushes-once"},
                      Broken{"guardrail_trips_over_garbage", "crash garbage-is-refused"},
                      Broken{"guardrail_remembers", "fail two-watches-interleaved"},
                      Broken{"guardrail_swallows_refusal", "fail refused-rewrite-propagates"}),
    [](const auto& each) { return each.param.module; });

INSTANTIATE_TEST_SUITE_P(
    Provider, BrokenModule,
    ::testing::Values(Broken{"undeclared_failure", "fail declared-ops-build-requests"},
                      Broken{"relative_url", "fail url-absolute"},
                      Broken{"double_slash", "fail url-absolute"},
                      Broken{"secret_in_url", "fail secret-only-in-headers"},
                      Broken{"split_dependent", "fail byte-split-equals-whole"},
                      Broken{"believes_upstream", "fail bad-upstream-json"},
                      Broken{"trips_over_garbage", "fail bad-upstream-json"},
                      Broken{"relays_errors", "fail upstream-4xx-5xx-become-openai-errors"},
                      Broken{"crashes_when_abandoned", "crash abandon-at-every-step"},
                      Broken{"shared_state", "fail two-exchanges-interleaved"},
                      Broken{"unlike_its_fixture", "fail fixtures-replay"}),
    [](const auto& each) { return each.param.module; });

TEST(PluginCheck, AStorageThatKeepsTheContractPasses) {
    const Report result = run(module("storage_good") + " --json");
    EXPECT_EQ(verdicts(result.output), std::set<std::string>{}) << result.output;
}

TEST(PluginCheck, AGuardrailThatKeepsTheContractPasses) {
    const Report result = run(module("guardrail_good") + " --json");
    EXPECT_EQ(verdicts(result.output), std::set<std::string>{}) << result.output;
}

TEST(PluginCheck, SlowLoadingIsNoticed) {
    const Report result = run(module("slow_load") + " --json");
    if (kSanitized) {
        EXPECT_TRUE(verdicts(result.output, true).contains("skip scan-is-fast")) << result.output;
    } else {
        EXPECT_EQ(verdicts(result.output), std::set<std::string>{"fail scan-is-fast"});
    }
}

#if defined(__SANITIZE_ADDRESS__)
TEST(PluginCheck, LeaksAreNoticedUnderAddressSanitizer) {
    const Report result = run(module("leaks_when_abandoned") + " --json");
    EXPECT_EQ(verdicts(result.output), std::set<std::string>{"fail abandon-at-every-step"})
        << result.output;
}
#endif

TEST(PluginCheck, GoodModulesPassEverything) {
    std::set<std::string> skips;
    if (kSanitized) skips.insert("skip scan-is-fast");
    const Report cache = run(module("good_cache") + " --json");
    EXPECT_EQ(verdicts(cache.output, true), skips) << cache.output;
    EXPECT_EQ(cache.exit_status, 0);
    const Report provider = run(module("good_provider") + " --json --fixtures " FIXTURES "/good");
    EXPECT_EQ(verdicts(provider.output, true), skips) << provider.output;
    EXPECT_EQ(provider.exit_status, 0);
}

TEST(PluginCheck, WhatDependsOnAFailedGateIsSkipped) {
    const Report result = run(module("crashes_in_create") + " --json");
    EXPECT_TRUE(verdicts(result.output, true).contains("skip overwrite")) << result.output;
}

TEST(PluginCheck, OnlyRunsWhatItIsAskedFor) {
    const Report one = run(module("no_ttl") + " --only overwrite --only one-mebibyte");
    EXPECT_EQ(one.exit_status, 0);
    EXPECT_NE(one.output.find("pass  cache.good overwrite"), std::string::npos) << one.output;
    EXPECT_EQ(one.output.find("ttl-expires"), std::string::npos) << one.output;
    EXPECT_EQ(run(module("no_ttl") + " --only no-such-test").exit_status, 2);
}

TEST(PluginCheck, ATestThatHangsIsEnded) {
    const Report result = run(module("slow_load") + " --json --timeout 1 --only eight-threads");
    EXPECT_EQ(result.exit_status, 0) << result.output;
    // Two seconds of work in the time of one.
    const Report late =
        run(module("ignores_deadline") + " --json --timeout 1 --only " + "past-deadline-returns");
    EXPECT_EQ(verdicts(late.output), std::set<std::string>{"crash past-deadline-returns"});
    EXPECT_NE(late.output.find("not finished within 1 s"), std::string::npos);
}

TEST(PluginCheck, RunsInItsOwnProcessForADebugger) {
    const Report result = run(module("good_cache") + " --in-process --only overwrite");
    EXPECT_EQ(result.exit_status, 0) << result.output;
}

TEST(PluginCheck, ListsItsTests) {
    const Report result = run("--list");
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_NE(result.output.find("byte-split-equals-whole"), std::string::npos);
}

TEST(PluginCheck, WrongUseIsToldApart) {
    EXPECT_EQ(run("").exit_status, 2);
    EXPECT_EQ(run("/no/such/module.so").exit_status, 2);
    EXPECT_EQ(run(module("good_cache") + " --unknown").exit_status, 2);
    EXPECT_EQ(run(PLUGIN_CHECK).exit_status, 1) << "a program is no module";
}

}  // namespace
