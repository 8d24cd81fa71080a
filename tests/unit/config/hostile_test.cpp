// Files nobody writes by accident. Each must give an error, or load, in little time and memory; and
// never crash.

#include <chrono>

#include "config/providers.hpp"
#include "load.hpp"

namespace gomodel::config {
namespace {

std::string repeat(std::string_view text, std::size_t count) {
    std::string result;
    result.reserve(text.size() * count);
    for (std::size_t i = 0; i < count; ++i) {
        result += text;
    }
    return result;
}

struct Hostile {
    const char* name;
    std::string text;
    bool refused;
};

std::vector<Hostile> hostile_files() {
    std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c < 'z'; ++c) {
        const std::string before(1, static_cast<char>(c - 1));
        bomb += std::string(1, c) + ": &" + c + " [" + repeat("*" + before + ", ", 9) + "]\n";
    }
    std::string merges = "a: &a {k: v}\n";
    for (int i = 0; i < 2000; ++i) {
        merges += "m" + std::to_string(i) + ": {<<: [" + repeat("*a, ", 100) + "]}\n";
    }
    std::string ladder = "a0: &a0 x\n";
    for (int i = 1; i < 3000; ++i) {
        const std::string n = std::to_string(i);
        ladder += "a" + n + ": &a" + n + " [*a" + std::to_string(i - 1) + "]\n";
    }
    std::string steps;
    for (int i = 0; i < 2000; ++i) {
        steps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    }
    std::string every_byte;
    for (int i = 0; i < 256; ++i) {
        every_byte += static_cast<char>(i);
    }
    return {
        {"flow sequences", repeat("[", 100'000), true},
        {"flow mappings", repeat("{a: ", 100'000), true},
        {"closed flow sequences", repeat("[", 5000) + repeat("]", 5000), true},
        {"block sequences", repeat("- ", 50'000), true},
        {"block mappings", steps, true},
        {"complex keys", repeat("? ", 50'000), true},
        {"alias bomb", bomb, true},
        {"merge keys", merges, true},
        {"alias ladder", ladder, true},
        {"aliases of a huge scalar",
         "a: &a " + repeat("x", 1 << 20) + "\nb: [" + repeat("*a, ", 1000) + "]\n", true},
        {"too many values", "a: [" + repeat("x, ", 300'000) + "]\n", true},
        {"too large", repeat("# comment\n", 500'000), true},
        {"huge key", repeat("k", 2000) + ": 1\n", true},
        {"huge scalar", "server: {base_path: " + repeat("x", 1 << 20) + "}\n", false},
        {"many unknown keys",
         [] {
             std::string text;
             for (int i = 0; i < 50'000; ++i) {
                 text += "unknown" + std::to_string(i) + ": 1\n";
             }
             return text;
         }(),
         false},
        {"many anchors", repeat("- &a x\n", 50'000), true},
        {"many placeholders", "a: " + repeat("${A}${B:-c}", 100'000) + "\n", false},
        {"open placeholders", "a: '" + repeat("${A:-", 100'000) + "'\n", false},
        {"every byte", every_byte, true},
        {"nul", std::string("a: \0b\n", 6), true},
        {"utf-16",
         std::string("\xFF\xFE"
                     "a\0:\0 \0b\0",
                     10),
         true},
        {"latin-1", "a: caf\xE9\n", true},
        {"surrogate", "a: \xED\xA0\x80\n", true},
        {"tabs", "\ta:\n\t\tb: c\n", true},
        {"escape", "a: \x1B[31m\n", true},
        {"list at the top", "- a\n- b\n", true},
        {"text at the top", "hello\n", true},
        {"directives", repeat("%TAG ! tag:a:\n", 1000) + "--- \na: 1\n", true},
        {"documents", repeat("---\na: 1\n...\n", 1000), true},
        {"quotes", "a: \"" + repeat("\\\"", 100'000), true},
        {"percent", "%", false},
        {"question marks", repeat("?\n", 10'000), true},
        {"colons", repeat(":", 10'000), true},
        {"ampersands", repeat("&", 10'000), false},
        {"block scalar", "a: |9999999999\n  x\n", true},
    };
}

TEST(Hostile, FilesGiveErrorsAndNothingElse) {
    const std::vector<ProviderType> types = {{"openai", "https://api.openai.com/v1"}};
    for (const Hostile& file : hostile_files()) {
        const auto start = std::chrono::steady_clock::now();
        const Loaded loaded = load_yaml(file.text);
        discover(loaded.settings, loaded.environment, types);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        EXPECT_EQ(loaded.problems.fatal(), file.refused) << file.name;
        EXPECT_LE(loaded.problems.all().size(), Problems::kLimit + 1) << file.name;
        // Far above what any takes, also with sanitizers; quadratic ones took minutes.
        EXPECT_LT(taken.count(), 60) << file.name;
    }
}

// Every prefix and every single-byte change of a file that uses all there is.
TEST(Hostile, DamagedFilesNeverCrash) {
    const std::string whole =
        "server: &s {port: 80, base_path: '/${A:-b}'}\n"
        "x: {<<: *s, y: \"\\u00e9\"}\n"
        "cache: {response: {semantic: {embedder: {provider: p}, vector_store: {type: v, v: {}}}}}\n"
        "budgets: {user_paths: [{path: /a, limits: [{period: daily, amount: 1}]}]}\n"
        "guardrails: {enabled: true, rules: [{name: n, type: t, t: {a: [1, 2]}}]}\n"
        "providers:\n"
        "  p: {type: openai, api_key: k, models: [a, {id: b, metadata: {pricing: {tiers: "
        "[{}]}}}]}\n"
        "  q: {resilience: {retry: {max_retries: 1}}}\n";
    ASSERT_FALSE(load_yaml(whole).problems.fatal()) << joined(load_yaml(whole).problems);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        load_yaml(std::string_view(whole).substr(0, i));
        for (const char c : {'\0', '\n', ' ', '-', ':', '[', '}', '*', '&', '"', '$', '\xFF'}) {
            std::string damaged = whole;
            damaged[i] = c;
            load_yaml(damaged);
        }
    }
}

TEST(Hostile, JsonGivesErrorsAndNothingElse) {
    for (const std::string& text :
         {repeat("[", 1'000'000), repeat("{\"a\":", 100'000), "[" + repeat("1,", 300'000) + "1]",
          "\"" + repeat("\\u0000", 1000), repeat("1", 1'000'000) + "x"}) {
        Problems problems;
        parse_json(text, "rules.json", Environment(), problems);
        EXPECT_TRUE(problems.fatal()) << text.substr(0, 20);
    }
}

}  // namespace
}  // namespace gomodel::config
