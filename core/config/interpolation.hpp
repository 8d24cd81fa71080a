// ${NAME} in a configuration value. Applied to parsed scalars, never to raw text, so a value cannot
// change the shape of the file. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::config {

class Environment;

struct Interpolated {
    std::string text;
    std::vector<std::string> unresolved;  // variables that were asked for and are unset or empty
    bool malformed = false;               // a ${ without its }, or around what is no name
    bool bare = false;                    // a $NAME without braces whose variable is set
    bool too_long = false;                // text was cut at kMaxInterpolated
};

constexpr std::size_t kMaxInterpolated = std::size_t{1} << 20;

//   ${NAME}           the variable; left as it is when unset or empty
//   ${NAME:-default}  the variable, else the default, in which ${...} may nest
//   $$                one $
//   anything else     itself; $NAME too
// A substituted value is not looked at again.
Interpolated interpolate(std::string_view text, const Environment& environment);

}  // namespace gomodel::config
