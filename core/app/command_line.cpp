#include "app/command_line.hpp"

#include <charconv>

namespace gomodel::app {
namespace {

constexpr std::string_view kHelp =
    R"(usage: gomodel [options] [command]

One OpenAI-compatible API in front of every LLM provider.

commands:
  serve                      answer requests (the default)
  check-config [file]        say what is wrong with a configuration
    --print                  ... and show every setting and where it comes from
  plugins list [--markdown]  the plugins that are found
  plugins schema <id>        the settings of one, as JSON Schema
  plugins check <file>       whether this gateway accepts a plugin library
  providers list             the providers a configuration turns on

options:
  -c, --config <file>        configuration file; otherwise config/config.yaml or
                             config.yaml in the current directory
      --take-over <pid>      share the port of that running gateway, and end it
                             (it finishes its requests) once this one serves
  -h, --help                 show this text
      --version              show the version

Keys of providers and other settings can also come from the environment or a
file named .env, such as OPENAI_API_KEY=sk-...
)";

// A process id: 0 and less name groups of processes.
base::Result<int> process_id(std::string_view text) {
    int id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error == std::errc() && end == text.data() + text.size() && id > 0) return id;
    return base::invalid("--take-over needs a process id, not \"" + std::string(text) + "\"");
}

}  // namespace

std::string_view help_text() {
    return kHelp;
}

base::Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments) {
    CommandLine line;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (word == "-h" || word == "--help") {
            line.help = true;
        } else if (word == "--version") {
            line.version = true;
        } else if (word == "-c" || word == "--config") {
            if (++i == arguments.size())
                return base::invalid("the file behind " + word + " is missing");
            line.config = arguments[i];
        } else if (constexpr std::string_view kAssigned = "--config=";
                   word.starts_with(kAssigned)) {
            line.config = word.substr(kAssigned.size());
        } else if (word == "--take-over") {
            const bool missing = ++i == arguments.size();
            const base::Result<int> id = process_id(missing ? std::string_view() : arguments[i]);
            if (!id.ok()) return id.error();
            line.take_over = *id;
        } else if (!line.command.empty()) {
            line.arguments.push_back(word);
        } else if (word.starts_with('-')) {
            return base::invalid("unknown option \"" + word + "\"");
        } else {
            line.command = word;
        }
    }
    if (line.config.has_value() && line.config->empty()) {
        return base::invalid("the file behind --config is missing");
    }
    return line;
}

}  // namespace gomodel::app
