#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/node/node.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "config/document.hpp"
#include "config/problem.hpp"
#include "config/text_check.hpp"
#include "config/tree_builder.hpp"

namespace gomodel::config {
namespace {

int count_lines(std::string_view text) {
    const auto breaks = std::count(text.begin(), text.end(), '\n');
    return static_cast<int>(breaks) + (text.empty() || text.ends_with('\n') ? 0 : 1);
}

// From 1. What ends with the file has yaml-cpp's mark behind the last line, where there is nothing
// to look at.
int line_in_file(const YAML::Mark& mark, int last_line) {
    return std::max(1, std::min(mark.line + 1, last_line));
}

// Hands yaml-cpp's events to the builder. It stops the parser the only way yaml-cpp has: by an
// exception, caught in parse_yaml().
class YamlEvents final : public YAML::EventHandler {
public:
    YamlEvents(TreeBuilder& builder, int last_line) : builder_(builder), last_line_(last_line) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        check(builder_.null(line_of(mark)), mark);
        remember(anchor, mark);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) check("an alias stands inside the value it refers to", mark);
        check(builder_.copy(line_of(mark), found->second), mark);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        // "!" is a quoted scalar, "?" one without quotes or tag.
        const bool text = tag == "!" || tag == "tag:yaml.org,2002:str";
        check(builder_.scalar(line_of(mark), value, !text), mark);
        remember(anchor, mark);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        start(mark, anchor, Node::Kind::kSequence);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        start(mark, anchor, Node::Kind::kMapping);
    }
    void OnSequenceEnd() override { end(); }
    void OnMapEnd() override { end(); }

private:
    struct Started {
        YAML::Mark mark;
        YAML::anchor_t anchor = YAML::NullAnchor;
    };

    int line_of(const YAML::Mark& mark) const { return line_in_file(mark, last_line_); }

    static void check(const char* fault, const YAML::Mark& mark) {
        if (fault != nullptr) throw YAML::ParserException(mark, fault);
    }
    void start(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
        check(builder_.open(line_of(mark), kind), mark);
        started_.push_back({mark, anchor});
    }
    void end() {
        const Started begun = started_.back();
        started_.pop_back();
        check(builder_.close(), begun.mark);
        remember(begun.anchor, begun.mark);
    }
    void remember(YAML::anchor_t anchor, const YAML::Mark& mark) {
        if (anchor != YAML::NullAnchor) check(builder_.remember(anchors_[anchor]), mark);
    }

    TreeBuilder& builder_;
    const int last_line_;
    std::vector<Started> started_;
    std::map<YAML::anchor_t, Node> anchors_;
};

// yaml-cpp takes a quote that the end of the file cuts off for closed, and with it everything that
// follows for one text. A document's end mark inside it is an error it does report.
std::string with_end_mark(std::string_view text) {
    std::string result(text);
    if (!result.ends_with('\n')) result += '\n';
    return result += "...\n";
}

std::string message_of(const YAML::Exception& error) {
    const bool open_quote =
        error.msg == YAML::ErrorMsg::DOC_IN_SCALAR || error.msg == YAML::ErrorMsg::EOF_IN_SCALAR;
    return open_quote ? "a quote is opened above and never closed" : error.msg;
}

}  // namespace

Document parse_yaml(std::string_view text, std::string file, const Environment& environment,
                    Problems& problems) {
    if (text.size() > DocumentLimits::kFileBytes) {
        problems.error(file, {}, "the file is larger than 4 MiB");
        return {std::move(file), {}};
    }
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    // yaml-cpp would pass such bytes on.
    if (const int line = line_of_bad_byte(text)) {
        problems.error(file + ':' + std::to_string(line), {}, kBadByte);
        return {std::move(file), {}};
    }
    TreeBuilder builder(file, environment, problems);
    const int last_line = count_lines(text);
    try {
        std::istringstream stream(with_end_mark(text));
        YAML::Parser parser(stream);
        YamlEvents events(builder, last_line);
        parser.HandleNextDocument(events);
        TreeBuilder ignored(file, environment, problems);
        YamlEvents more(ignored, last_line);
        if (parser.HandleNextDocument(more)) {
            problems.error(file, {}, "the file holds more than one YAML document");
        }
        return {std::move(file), builder.take_root()};
    } catch (const YAML::Exception& error) {
        const int line = line_in_file(error.mark, last_line);
        problems.error(file + ':' + std::to_string(line), {}, message_of(error));
    }
    return {std::move(file), {}};
}

}  // namespace gomodel::config
