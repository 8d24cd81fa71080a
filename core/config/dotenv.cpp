#include "config/dotenv.hpp"

#include <map>

#include "base/text.hpp"
#include "config/names.hpp"
#include "config/problem.hpp"
#include "config/text_check.hpp"

namespace gomodel::config {
namespace {

char unescape(char c) {
    switch (c) {
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return c;
    }
}

class DotenvReader {
public:
    DotenvReader(std::string_view text, std::string_view file, Problems& problems)
        : text_(text), file_(file), problems_(problems) {
        if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
    }

    std::vector<DotenvLine> run() {
        while (at_ < text_.size()) {
            const std::size_t start = at_;
            const int line = line_;
            if (const char* const fault = read_line()) {
                problems_.warn(std::string(file_) + ':' + std::to_string(line), {}, fault);
                at_ = start;
                line_ = line;
                skip_line();
            }
        }
        return std::move(lines_);
    }

private:
    // Reads one assignment, comment or blank line. Returns what is wrong with it, or null.
    const char* read_line() {
        constexpr const char* kExpected = "expected NAME=value; the line is ignored";
        const std::string_view line = base::trim(rest_of_line());
        if (line.empty() || line.front() == '#') {
            skip_line();
            return nullptr;
        }
        skip_blanks();
        if (rest_of_line().starts_with("export ") || rest_of_line().starts_with("export\t")) {
            at_ += 7;
            skip_blanks();
        }
        const std::size_t equals = rest_of_line().find('=');
        if (equals == std::string_view::npos) return kExpected;
        DotenvLine found{std::string(base::trim(rest_of_line().substr(0, equals))), {}, line_};
        if (!is_variable_name(found.name)) return kExpected;
        at_ += equals + 1;
        skip_blanks();
        const bool quoted = at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'');
        if (!quoted) {
            found.value = plain_value();
        } else if (const char* const fault = quoted_value(found.value)) {
            return fault;
        }
        if (found.value.find('\0') != std::string::npos) return "a value cannot hold a NUL byte";
        keep(std::move(found));
        return nullptr;
    }

    void keep(DotenvLine found) {
        const auto [known, fresh] = index_.try_emplace(found.name, lines_.size());
        if (fresh) {
            lines_.push_back(std::move(found));
            return;
        }
        DotenvLine& earlier = lines_[known->second];
        problems_.warn(std::string(file_) + ':' + std::to_string(found.number), found.name,
                       "also set on line " + std::to_string(earlier.number) + "; the last counts");
        earlier = std::move(found);
    }

    // An unquoted value ends at the line's end or at a # after a blank.
    std::string plain_value() {
        std::string_view value = rest_of_line();
        for (std::size_t i = 0; i < value.size(); ++i) {
            const char before = text_[at_ + i - 1];
            if (value[i] == '#' && (before == ' ' || before == '\t')) value = value.substr(0, i);
        }
        std::string result(base::trim(value));
        skip_line();
        return result;
    }

    const char* quoted_value(std::string& value) {
        const char quote = text_[at_++];
        for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) {
                value += unescape(text_[++at_]);
            } else if (text_[at_] != '\r') {
                value += text_[at_];
            }
        }
        if (at_ == text_.size()) return "a quote is opened and never closed; the line is ignored";
        ++at_;
        const std::string_view after = base::trim(rest_of_line());
        if (!after.empty() && after.front() != '#') {
            return "there is text after the closing quote; the line is ignored";
        }
        skip_line();
        return nullptr;
    }

    std::string_view rest_of_line() const { return text_.substr(at_, text_.find('\n', at_) - at_); }
    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t'))
            ++at_;
    }
    void skip_line() {
        const std::size_t end = text_.find('\n', at_);
        at_ = end == std::string_view::npos ? text_.size() : end + 1;
        ++line_;
    }

    std::string_view text_;
    const std::string_view file_;
    Problems& problems_;
    std::size_t at_ = 0;
    int line_ = 1;
    std::vector<DotenvLine> lines_;
    std::map<std::string, std::size_t> index_;  // of each name in lines_
};

}  // namespace

std::vector<DotenvLine> parse_dotenv(std::string_view text, std::string_view file,
                                     Problems& problems) {
    return DotenvReader(text, file, problems).run();
}

}  // namespace gomodel::config
