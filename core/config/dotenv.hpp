// The `.env` file: NAME=value lines, read for Environment. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gomodel::config {

class Problems;

struct DotenvLine {
    std::string name;
    std::string value;
    int number = 0;  // of the line it starts on, from 1
};

// Understands `export NAME=value`, # comments, CRLF, 'literal' values, and "double quoted" ones
// with the escapes \n \r \t \" \\ \$; both kinds of quotes may span lines. Nothing is expanded. A
// line that makes no sense is skipped with a warning that names its number and not its text.
std::vector<DotenvLine> parse_dotenv(std::string_view text, std::string_view file,
                                     Problems& problems);

}  // namespace gomodel::config
