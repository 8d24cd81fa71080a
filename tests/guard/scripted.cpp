// Guardrails that do what the configuration of a test says, and a file beside it that the test
// changes meanwhile. One on the loop, one on workers, one that this gateway cannot use.

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>
#include <gomodel/plugin.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

constexpr const char* kScript = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "does": {"type": "string", "default": "mark", "description": "What it does with a request.",
             "enum": ["mark", "pass", "block", "fail", "throw", "garbage", "bad_utf8", "odd_verdict", "drop",
                      "retag", "skip", "refuse"]},
    "mark": {"type": "string", "default": "seen", "description": "Goes behind each user's text."},
    "slow_while": {"type": "string", "default": "",
                   "description": "A file: while it is there, each call takes long."},
    "slow_ms": {"type": "integer", "default": 0, "description": "How long."},
    "needs": {"type": "string", "default": "", "description": "A file that creation needs."}
  }
})";

struct Script {
    explicit Script(const gomodel::Config& config)
        : does(config.text("does")),
          mark(config.text("mark")),
          slow_while(config.text("slow_while")),
          slow(config.integer("slow_ms")) {
        const std::string needs = config.text("needs");
        if (!needs.empty() && !std::filesystem::exists(needs)) {
            throw gomodel::Error(GM_UNAVAILABLE, "the file it needs is not there");
        }
    }

    std::string does;
    std::string mark;
    std::string slow_while;
    std::chrono::milliseconds slow;
};

std::string marked(const Script& script, std::string_view messages) {
    const gomodel::json::Tree tree(messages);
    gomodel::json::Out out;
    out.begin_array();
    for (const gomodel::json::Node message : tree.root()) {
        if (!message["role"].equals("user")) {
            out.raw(message.raw());
            continue;
        }
        const std::string role = script.does == "retag" ? "assistant" : "user";
        out.begin_object().member("role", role);
        out.member("content", message["content"].text() + " [" + script.mark + "]").end_object();
    }
    return out.end_array().take();
}

class ScriptedWatch final : public gomodel::Watch {
public:
    explicit ScriptedWatch(const Script& script) : script_(script) {}

    gomodel::Verdict request(gomodel::Call call, std::string_view messages,
                             gomodel::Sink out) override {
        const bool slow =
            !script_.slow_while.empty() && std::filesystem::exists(script_.slow_while);
        if (slow) std::this_thread::sleep_for(script_.slow);
        const std::string& does = script_.does;
        if (does == "pass") return gomodel::Verdict::kPass;
        if (does == "fail") throw gomodel::Error(GM_UNAVAILABLE, "the oracle is out");
        if (does == "throw") throw std::runtime_error("tripped");
        if (does == "odd_verdict") return gomodel::Verdict::kHold;
        if (does == "block") {
            call.explain("no such talk here");
            return gomodel::Verdict::kBlock;
        }
        if (does == "garbage") {
            out.write(0, "[{\"role\":");
        } else if (does == "bad_utf8") {
            out.write(0, "[{\"role\":\"user\",\"content\":\"\xff\"}]");
        } else if (does == "drop") {
            out.write(0, "[]");
        } else {
            out.write(0, marked(script_, messages));
        }
        return gomodel::Verdict::kRewrite;
    }

private:
    const Script& script_;
};

class Scripted : public gomodel::Guardrail {
public:
    static constexpr const char* kId = "guardrail.scripted";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "Does what the test says";
    static constexpr const char* kSchema = kScript;
    static constexpr std::uint64_t kFlags = GM_GUARD_REQUEST;

    Scripted(gomodel::Host host, const gomodel::Config& config) : script_(config) {
        host.info("scripted was created: " + script_.mark);
    }

    std::unique_ptr<gomodel::Watch> open(gomodel::Call, gomodel::Op) override {
        if (script_.does == "refuse") throw gomodel::Error(GM_UNAVAILABLE, "not open today");
        if (script_.does == "skip") return nullptr;
        return std::make_unique<ScriptedWatch>(script_);
    }

private:
    const Script script_;
};

class Blocking final : public Scripted {
public:
    static constexpr const char* kId = "guardrail.blocking";
    static constexpr std::uint64_t kFlags = GM_GUARD_REQUEST | GM_GUARD_BLOCKING;
    using Scripted::Scripted;
};

class SeesAnswers final : public Scripted {
public:
    static constexpr const char* kId = "guardrail.sees_answers";
    static constexpr std::uint64_t kFlags = GM_GUARD_REQUEST | GM_GUARD_RESPONSE;
    using Scripted::Scripted;
};

}  // namespace

GM_MODULE("scripted 1.0.0", Scripted, Blocking, SeesAnswers);
