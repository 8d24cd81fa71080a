#include "admin/json_time.hpp"

#include <cstdio>
#include <ctime>

namespace gomodel::admin {

std::string json_time(base::WallTime time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    const std::time_t seconds = whole.time_since_epoch().count();
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[48];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    std::string result = text;
    if (const long long nanoseconds = (time - whole).count(); nanoseconds != 0) {
        std::snprintf(text, sizeof text, ".%09lld", nanoseconds);
        result += text;
        while (result.back() == '0')
            result.pop_back();
    }
    return result + 'Z';
}

}  // namespace gomodel::admin
