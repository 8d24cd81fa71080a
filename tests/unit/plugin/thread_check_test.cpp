// What a debug build of the gateway ends for: a plugin called where it must not be. In other builds
// there is nothing to test.

#include "plugin/thread_check.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "plugin/control_thread.hpp"
#include "plugin/instance.hpp"
#include "support/captured_log.hpp"

namespace gomodel::plugin {
namespace {

using base::Role;
using base::ThreadRole;

TEST(ThreadRole, EndsWithItsScopeAndIsTheThreadsOwn) {
    EXPECT_EQ(ThreadRole::current(), Role::kOther);
    {
        const ThreadRole outer(Role::kControl);
        {
            const ThreadRole inner(Role::kLoop);
            EXPECT_EQ(ThreadRole::current(), Role::kLoop);
            std::thread([] { EXPECT_EQ(ThreadRole::current(), Role::kOther); }).join();
        }
        EXPECT_EQ(ThreadRole::current(), Role::kControl);
    }
    EXPECT_EQ(ThreadRole::current(), Role::kOther);
    const void* const here = base::this_thread();
    EXPECT_EQ(base::this_thread(), here);
    std::thread([here] { EXPECT_NE(base::this_thread(), here); }).join();
}

TEST(ThreadRole, TheControlThreadHasIts) {
    ControlThread control;
    Role seen = Role::kOther;
    control.run([&seen] { seen = ThreadRole::current(); });
    EXPECT_EQ(seen, Role::kControl);
}

#ifndef NDEBUG

// The roles on which a function with the tag may be called: o, c, w and l.
std::string permitted(ThreadTag tag) {
    std::string roles;
    for (const auto& [role, letter] : {std::pair{Role::kOther, 'o'},
                                       {Role::kControl, 'c'},
                                       {Role::kWorker, 'w'},
                                       {Role::kLoop, 'l'}}) {
        const ThreadRole as(role);
        const auto call = [tag] {
            require_thread(tag, "f()");
            std::_Exit(0);
        };
        const auto lived = [&roles, letter = letter](int status) {
            if (WIFEXITED(status) && WEXITSTATUS(status) == 0) roles += letter;
            return true;
        };
        EXPECT_EXIT(call(), lived, "");
    }
    return roles;
}

TEST(ThreadCheckDeathTest, EachTagPermitsItsThreads) {
    EXPECT_EQ(permitted(ThreadTag::kControl), "oc");
    EXPECT_EQ(permitted(ThreadTag::kWorker), "ocw");
    EXPECT_EQ(permitted(ThreadTag::kStream), "ol");
}

TEST(ThreadCheckDeathTest, SaysWhatWasCalledWhere) {
    const ThreadRole loop(Role::kLoop);
    EXPECT_DEATH(require_thread(ThreadTag::kWorker, "read()"),
                 R"(read\(\) \[worker\] was called on a loop)");
}

TEST(ThreadCheckDeathTest, CallsOnOneObjectMustNotOverlap) {
    OneAtATime one;
    OneAtATime another;
    { const OneAtATime::Use before(one, "next()"); }
    const OneAtATime::Use use(one, "next()");
    const OneAtATime::Use beside(another, "next()");
    EXPECT_DEATH(OneAtATime::Use(one, "feed()"),
                 R"(feed\(\) was called while another call on the same object ran)");
}

TEST(ThreadCheckDeathTest, AnInstanceDoesNotDieOnALoop) {
    const auto module = Module::load(TEST_MODULES "/good_cache.so", {});
    ASSERT_TRUE(module.ok());
    tests::CapturedLog log;
    auto instance = Instance::create(*module, *(*module)->descriptor().plugins[0], "mine", "{}",
                                     log.log(), base::SteadyTime::max());
    ASSERT_TRUE(instance.ok());
    const auto let_go = [&instance] {
        const ThreadRole loop(Role::kLoop);
        instance->reset();
    };
    EXPECT_DEATH(let_go(), R"(destroy\(\) \[control\] was called on a loop)");
}

#endif

}  // namespace
}  // namespace gomodel::plugin
