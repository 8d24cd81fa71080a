// The Server-Timing header names each plugin with its milliseconds, and the total.

#include "gateway/plugin_times.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

using namespace std::chrono_literals;

TEST(PluginTimes, HeaderNamesEachPluginInTheOrderOfItsFirstCall) {
    PluginTimes times;
    times.of("provider.openai") += 1500us;
    times.of("cache.redis") += 200us;
    times.of("provider.openai") += 1us;
    EXPECT_EQ(times.header(20ms),
              "provider.openai;dur=1.5010, cache.redis;dur=0.2000, total;dur=20.0000");
    EXPECT_EQ(times.total(), 1701us);
}

TEST(PluginTimes, WithoutAPluginThereIsTheTotal) {
    EXPECT_EQ(PluginTimes().header(1ms), "total;dur=1.0000");
}

TEST(PluginTimes, TooManyPluginsArePutTogether) {
    const std::string names = "abcdefghijkl";
    PluginTimes times;
    for (std::size_t i = 0; i < names.size(); ++i)
        times.of(std::string_view(names).substr(i, 1)) += 1ms;
    EXPECT_EQ(times.header(12ms),
              "a;dur=1.0000, b;dur=1.0000, c;dur=1.0000, d;dur=1.0000, e;dur=1.0000, "
              "f;dur=1.0000, g;dur=1.0000, others;dur=5.0000, total;dur=12.0000");
    EXPECT_EQ(times.total(), 12ms);
}

}  // namespace
}  // namespace gomodel::gateway
