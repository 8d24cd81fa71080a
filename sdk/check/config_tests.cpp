// What is asked of every plugin about its configuration and its instances.

#include <gomodel/abi.h>

#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <thread>

#include "probe.hpp"
#include "subject.hpp"
#include "suites.hpp"

namespace gomodel::check {
namespace {

using rapidjson::Value;

void schema_is_valid(Subject& subject) {
    const gm_plugin_t& plugin = subject.plugin();
    try {
        const Schema schema(plugin.config_schema);
    } catch (const std::exception& error) {
        fail(std::string("the schema cannot be used: ") + error.what());
    }
}

void schema_is_closed(Subject& subject) {
    subject.schema().for_each_object([](const std::string& path, const Value& schema) {
        const auto closed = schema.FindMember("additionalProperties");
        const bool typed_map = closed != schema.MemberEnd() && closed->value.IsObject();
        const bool shut = closed != schema.MemberEnd() && closed->value.IsFalse();
        expect(shut || typed_map, (path.empty() ? "the schema" : path) +
                                      " lets unknown fields through: say \"additionalProperties\": "
                                      "false");
    });
}

void every_property_described(Subject& subject) {
    subject.schema().for_each_field([](const std::string& path, const Value& schema) {
        const auto text = schema.FindMember("description");
        expect(text != schema.MemberEnd() && text->value.IsString() &&
                   text->value.GetStringLength() > 0,
               path + " has no description");
    });
}

void defaults_create(Subject& subject) {
    subject.instance();
}

// Values of other types than a field may have.
constexpr const char* kMisfits[] = {"[[]]", "{\"unexpected\":1}", "\"text\"", "-0.5", "true"};

void bad_field_names_the_field(Subject& subject) {
    const std::string good = subject.config();
    for (const std::string& field : subject.schema().fields()) {
        bool refused = false;
        for (const char* const misfit : kMisfits) {
            const std::string bad = Schema::with_field(good, field, misfit);
            const auto problems = subject.schema().problems(bad);
            if (problems.empty()) continue;
            refused = true;
            // The host would not have passed this on. A plugin that looks all the same says where.
            const Instance instance(subject.plugin(), bad, std::chrono::milliseconds(200));
            if (instance.status() == GM_INVALID) {
                expect(instance.message().find(field) != std::string::npos,
                       "with a wrong " + field + " create explains: \"" + instance.message() +
                           "\", which does not name the field");
            }
        }
        expect(refused, "the schema takes any value for " + field + ": give it a type");
    }
}

// `text` with one random edit.
std::string mutate(std::string text, std::mt19937& random) {
    static constexpr const char* kBits[] = {
        "{",    "}",        "[",    "]",     "\"", ",",    ":",
        "\\u",  "\\",       "null", "1e999", "-",  "\"\"", "99999999999999999999",
        "\xff", "[[[[[[[[", "true", "\n"};
    const std::size_t at = random() % (text.size() + 1);
    switch (random() % 4) {
        case 0:
            return text.insert(at, kBits[random() % std::size(kBits)]);
        case 1:
            return text.erase(at, random() % 8 + 1);
        case 2:
            return text.insert(at, text.substr(random() % (text.size() + 1), 16));
        default:
            if (at < text.size()) text[at] = static_cast<char>(random());
            return text;
    }
}

void mutated_config_never_crashes(Subject& subject) {
    constexpr int kSeeds = 500;
    const std::string good = subject.config();
    // A plugin that dials what it is told may need its whole deadline each time.
    const auto enough = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (int seed = 0; seed < kSeeds && std::chrono::steady_clock::now() < enough; ++seed) {
        std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
        std::string bad = good;
        for (unsigned edits = random() % 4 + 1; edits > 0; --edits)
            bad = mutate(bad, random);
        const Instance instance(subject.plugin(), bad, std::chrono::milliseconds(50));
        const bool in_range = instance.status() >= GM_OK && instance.status() <= GM_INTERNAL;
        expect(in_range, "create returned " + name_of_status(instance.status()) + " for " + bad);
    }
}

void secret_never_in_message(Subject& subject) {
    if (!subject.schema().has_secrets()) return;
    const auto watch = [](const std::string& text, const std::string& where) {
        expect(text.find(Subject::kSecret) == std::string::npos, "the secret is in " + where);
    };
    const auto watch_instance = [&watch](const Instance& instance) {
        watch(instance.message(), "the explanation of create: " + instance.message());
        for (const auto& line : instance.host().log())
            watch(line.message, "the log: " + line.message);
    };
    const std::string good = subject.config_with_secret();
    watch_instance(Instance(subject.plugin(), good.substr(0, good.size() - 1)));
    for (const std::string& field : subject.schema().fields()) {
        for (const char* const misfit : kMisfits) {
            watch_instance(Instance(subject.plugin(), Schema::with_field(good, field, misfit),
                                    std::chrono::milliseconds(200)));
        }
    }
    const Instance instance(subject.plugin(), good);
    if (instance.status() == GM_OK) {
        for (const std::string& text : probe(subject, instance)) {
            watch(text, "what it says when used: " + text);
        }
    }
    watch_instance(instance);
}

std::size_t count_entries(const char* directory) {
    const std::filesystem::directory_iterator entries(directory);
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

// Waits a little for `directory` to have at most `limit` entries: a joined thread's leaves /proc a
// moment after.
std::size_t settle(const char* directory, std::size_t limit) {
    std::size_t count = count_entries(directory);
    for (int i = 0; i < 100 && count > limit; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        count = count_entries(directory);
    }
    return count;
}

void threads_and_fds_return(Subject& subject) {
    const auto use_one = [&subject] {
        const auto instance = subject.instance();
        probe(subject, *instance);
    };
    // What a library opens once and keeps, the first instance opens.
    use_one();
    const std::size_t threads = count_entries("/proc/self/task");
    const std::size_t files = count_entries("/proc/self/fd");
    for (int i = 0; i < 3; ++i)
        use_one();
    const std::size_t threads_now = settle("/proc/self/task", threads);
    expect(threads_now <= threads, "threads are left after destroy: " + std::to_string(threads) +
                                       " before, " + std::to_string(threads_now) + " after");
    const std::size_t files_now = settle("/proc/self/fd", files);
    expect(files_now <= files, "file descriptors are left after destroy: " + std::to_string(files) +
                                   " before, " + std::to_string(files_now) + " after");
}

constexpr Test kConfigTests[] = {
    {"schema-is-valid", "The configuration schema is a JSON Schema of an object.", schema_is_valid,
     Level::kDescribed, Level::kSchema},
    {"schema-is-closed", "Every object in the schema refuses unknown fields.", schema_is_closed,
     Level::kSchema},
    {"every-property-described", "Every field in the schema has a description.",
     every_property_described, Level::kSchema},
    {"defaults-create", "Defaults and likely values for required fields make an instance.",
     defaults_create, Level::kSchema, Level::kInstance},
    {"bad-field-names-the-field", "The schema refuses wrong types; a complaint names the field.",
     bad_field_names_the_field, Level::kInstance},
    {"mutated-config-never-crashes", "500 damaged configurations are refused or taken, no worse.",
     mutated_config_never_crashes, Level::kInstance},
    {"secret-never-in-message", "No field marked x-secret shows up in an explanation or the log.",
     secret_never_in_message, Level::kInstance},
    {"threads-and-fds-return", "destroy leaves no thread and no file descriptor behind.",
     threads_and_fds_return, Level::kInstance},
};

}  // namespace

std::span<const Test> config_tests() {
    return kConfigTests;
}

}  // namespace gomodel::check
