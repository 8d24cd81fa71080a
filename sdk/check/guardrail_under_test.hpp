// A guardrail instance with the calls its tests are made of: a watch on a chat request, opened,
// shown messages, closed. Single-threaded.
#pragma once

#include <gomodel/abi.h>
#include <gomodel/testing/recording_sink.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "subject.hpp"
#include "test.hpp"

namespace gomodel::check {

class GuardrailUnderTest {
public:
    // What one look at a list of messages came to.
    struct Look {
        gm_status_t status = GM_OK;
        std::uint32_t verdict = GM_PASS;
        std::size_t writes = 0;
        int refused = 0;      // writes
        std::string written;  // all of it
        std::string message;  // that was explained
    };

    explicit GuardrailUnderTest(Subject& subject)
        : instance_(subject.instance()),
          table_(*static_cast<const gm_guardrail_t*>(subject.plugin().vtable)) {}

    // Null: nothing of such a request is of interest to it. Fails the test for an error.
    void* open(std::uint32_t kind = GM_CAN_CHAT) const {
        testing::FakeCall call;
        call.expire_in(kPatience);
        gm_op_t op{};
        op.size = sizeof op;
        op.kind = kind;
        op.model = str("some-model");
        op.body = str("{}");
        op.content_type = str("application/json");
        void* watch = nullptr;
        const gm_status_t status = table_.open(instance_->self(), call.abi(), &op, &watch);
        if (status == GM_UNSUPPORTED) return nullptr;
        expect(status == GM_OK, "open returned " + name_of_status(status) + ", " + call.message());
        expect(watch != nullptr, "open returned GM_OK without a watch");
        return watch;
    }
    // The same, or skips the test.
    void* open_or_skip() const {
        void* const watch = open();
        if (watch == nullptr) skip("it watches no chat requests");
        return watch;
    }
    void close(void* watch) const { table_.close(watch); }

    // sink: what its writes are answered with.
    Look show(void* watch, std::string_view messages, gm_status_t sink = GM_OK) const {
        testing::FakeCall call;
        call.expire_in(kPatience);
        testing::RecordingSink out(sink);
        Look look;
        look.status = table_.request(watch, call.abi(), str(messages), out.abi(), &look.verdict);
        look.writes = out.outputs().size();
        look.refused = out.refused();
        look.written = out.text();
        look.message = call.message();
        for (const auto& output : out.outputs())
            expect(output.kind == 0, "request wrote something of kind " +
                                         std::to_string(output.kind) + ", which there is not");
        return look;
    }
    // A watch of its own for one look.
    Look look_at(std::string_view messages, gm_status_t sink = GM_OK) const {
        void* const watch = open_or_skip();
        Look look = show(watch, messages, sink);
        close(watch);
        return look;
    }

private:
    static constexpr std::chrono::seconds kPatience{10};

    std::unique_ptr<Instance> instance_;
    const gm_guardrail_t& table_;
};

}  // namespace gomodel::check
