// A crash ends the program as the signal it was.
#include "app/crash_signals.hpp"

#include <gtest/gtest.h>

#include "app/application.hpp"

namespace gomodel::app {
namespace {

TEST(CrashSignals, AreNotTheApplications) {
    for (const int number : CrashSignals::kSignals) {
        struct sigaction before {};
        struct sigaction after {};
        ASSERT_EQ(::sigaction(number, nullptr, &before), 0);
        {
            const Application application;
            ASSERT_EQ(::sigaction(number, nullptr, &after), 0);
        }
        EXPECT_EQ(before.sa_handler, after.sa_handler) << number;
    }
}

TEST(CrashSignals, ComeBackWhenAnotherTookThem) {
    const CrashSignals kept;
    struct sigaction before {};
    ::sigaction(SIGSEGV, nullptr, &before);
    struct sigaction other {};
    other.sa_handler = SIG_IGN;
    ::sigaction(SIGSEGV, &other, nullptr);
    kept.restore();
    struct sigaction after {};
    ::sigaction(SIGSEGV, nullptr, &after);
    EXPECT_EQ(after.sa_handler, before.sa_handler);
    EXPECT_NE(after.sa_handler, SIG_IGN);
}

}  // namespace
}  // namespace gomodel::app
