#include "report.hpp"

#include <rapidjson/ostreamwrapper.h>
#include <rapidjson/prettywriter.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <string_view>

#include "suites.hpp"

namespace gomodel::check {
namespace {

constexpr std::array kStatuses = {Status::kPass, Status::kFail, Status::kCrash, Status::kSkip,
                                  Status::kWarn};

void print_suite(const char* title, std::span<const Test> tests) {
    std::printf("%s\n", title);
    for (const Test& test : tests)
        std::printf("  %-40s %s\n", test.name, test.about);
}

}  // namespace

void print_list() {
    print_suite("module", module_tests());
    print_suite("config", config_tests());
    print_suite("cache", cache_tests());
    print_suite("provider", provider_tests());
}

void print_line(const Line& line) {
    std::string name = line.plugin.empty() ? line.test : line.plugin + " " + line.test;
    const std::string status(name_of(line.result.status));
    std::printf("%-5s %s (%lld ms)\n", status.c_str(), name.c_str(),
                static_cast<long long>(line.took.count()));
    if (!line.result.message.empty()) std::printf("      %s\n", line.result.message.c_str());
    std::fflush(stdout);
}

void print_summary(const std::vector<Line>& lines) {
    for (const Status status : kStatuses) {
        int count = 0;
        for (const Line& line : lines)
            count += line.result.status == status ? 1 : 0;
        if (count > 0) std::printf("%d %s  ", count, std::string(name_of(status)).c_str());
    }
    std::printf("\n");
}

void print_json(const std::string& module, bool ok, const std::vector<Line>& lines) {
    rapidjson::OStreamWrapper out(std::cout);
    rapidjson::PrettyWriter writer(out);
    const auto text = [&writer](std::string_view name, std::string_view value) {
        writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
        writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    };
    writer.StartObject();
    text("module", module);
    writer.Key("ok");
    writer.Bool(ok);
    writer.Key("tests");
    writer.StartArray();
    for (const Line& line : lines) {
        writer.StartObject();
        text("test", line.test);
        text("plugin", line.plugin);
        text("status", name_of(line.result.status));
        text("message", line.result.message);
        writer.Key("milliseconds");
        writer.Int64(line.took.count());
        writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
    std::cout << "\n";
}

}  // namespace gomodel::check
