// Recorded exchanges on disk: a folder a case, described in sdk/docs/fixtures.md.
//   op.json                       what the client asks for
//   config.json                   optional: the instance's configuration
//   steps/01.json [01.sse|01.body]  each upstream request expected, and the recorded answer
//   expected.json|.sse|.error.json|.txt   what the client must get
#pragma once

#include <gomodel/testing/transcript.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scenario.hpp"

namespace gomodel::check {

struct Fixture {
    std::filesystem::path directory;
    Scenario scenario;
    std::vector<testing::SentRequest> requests;  // expected; as many as the scenario has answers
};

// The cases in `directory`, by name. Throws std::runtime_error that names the file at fault.
std::vector<Fixture> read_fixtures(const std::filesystem::path& directory);

// Throws what fail() throws at the first difference between what was recorded and what was seen.
void compare(const Fixture& fixture, const testing::Transcript& seen);

// Writes what was seen as what is expected: the requests of the steps, and expected.*.
void update(const Fixture& fixture, const testing::Transcript& seen);

}  // namespace gomodel::check
