#include <gtest/gtest.h>
#include <gomodel/call.hpp>
#include <gomodel/testing/fake_host.hpp>
#include <gomodel/testing/recording_sink.hpp>

#include <chrono>
#include <new>
#include <stdexcept>
#include <string>

namespace gomodel {
namespace {

using testing::FakeCall;
using testing::RecordingSink;

class OutOfLuck : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

TEST(Guard, NothingThrownIsOk) {
    const FakeCall call;
    EXPECT_EQ(guard(call.abi(), [] {}), GM_OK);
    EXPECT_EQ(guard(call.abi(), [] { return gm_status_t{GM_NOT_FOUND}; }), GM_NOT_FOUND);
    EXPECT_EQ(call.message(), "");
}

TEST(Guard, ErrorGivesItsStatusAndMessage) {
    const FakeCall call;
    EXPECT_EQ(guard(call.abi(), [] { throw Error(GM_EXHAUSTED, "limit is 5"); }), GM_EXHAUSTED);
    EXPECT_EQ(call.message(), "limit is 5");
}

TEST(Guard, AnErrorIsNeverOk) {
    const FakeCall call;
    EXPECT_EQ(guard(call.abi(), [] { throw Error(GM_OK, "mistaken"); }), GM_INTERNAL);
}

TEST(Guard, WhatAForeignExceptionSaysIsNotPassedOn) {
    const FakeCall call;
    const auto body = [] { throw OutOfLuck("cannot reach redis://user:hunter2@host"); };
    EXPECT_EQ(guard(call.abi(), body), GM_INTERNAL);
    EXPECT_EQ(call.message(), "unexpected gomodel::(anonymous namespace)::OutOfLuck");
}

TEST(Guard, OtherThingsThrownAreInternal) {
    const FakeCall call;
    EXPECT_EQ(guard(call.abi(), [] { throw 7; }), GM_INTERNAL);
    EXPECT_EQ(call.message(), "unexpected exception");
    EXPECT_EQ(guard(call.abi(), [] { throw std::bad_alloc(); }), GM_INTERNAL);
    EXPECT_EQ(call.message(), "out of memory");
}

TEST(Guard, ARefusingSinkEndsTheCallWithItsStatus) {
    const FakeCall call;
    const RecordingSink sink(GM_CANCELLED);
    bool went_on = false;
    const auto body = [&] {
        try {
            Sink(sink.abi()).write(0, "bytes");
        } catch (const std::exception&) {
            // A handler for what may go wrong must not take the refusal for it.
        }
        went_on = true;
    };
    EXPECT_EQ(guard(call.abi(), body), GM_CANCELLED);
    EXPECT_FALSE(went_on);
    EXPECT_EQ(sink.refused(), 1);
}

TEST(Call, TellsTheTimeLeft) {
    FakeCall call("request-9");
    EXPECT_EQ(Call(call.abi()).request_id(), "request-9");
    EXPECT_FALSE(Call(call.abi()).remaining());
    call.expire_in(std::chrono::hours(1));
    EXPECT_GT(Call(call.abi()).remaining(), std::chrono::minutes(59));
    EXPECT_LE(Call(call.abi()).remaining(), std::chrono::hours(1));
    call.expire_in(std::chrono::hours(-1));
    EXPECT_EQ(Call(call.abi()).remaining(), std::chrono::nanoseconds(0));
}

TEST(Call, TellsThatItIsCancelled) {
    FakeCall call;
    EXPECT_FALSE(Call(call.abi()).cancelled());
    call.cancel();
    EXPECT_TRUE(Call(call.abi()).cancelled());
}

TEST(View, NullIsEmpty) {
    EXPECT_EQ(view(gm_str_t{nullptr, 0}), "");
    EXPECT_EQ(view(str("text")), "text");
    EXPECT_TRUE(iequals("Content-Type", "content-tYPE"));
    EXPECT_FALSE(iequals("a", "ab"));
    EXPECT_FALSE(iequals("[", "{"));
}

}  // namespace
}  // namespace gomodel
