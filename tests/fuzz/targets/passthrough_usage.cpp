// Answers of any API, whose usage is read as they pass. The first line is the Content-Type, the
// rest the answer. Promises: what is found does not depend on how the bytes are cut, no number does
// harm, and every count is one.

#include "dialect/passthrough_usage.hpp"

#include "support/promise.hpp"
#include "support/split.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 56;

std::string found(std::string_view type, const Pieces& pieces) {
    dialect::PassthroughUsage observer(type);
    for (const std::string& piece : pieces)
        observer.feed(piece);
    observer.finish();
    const dialect::TokenUsage usage = observer.usage();
    std::string text = usage.present ? "present" : "absent";
    for (const std::int64_t count :
         {usage.prompt, usage.completion, usage.total, usage.cached, usage.reasoning}) {
        require(count >= 0 && count <= kMost, "a count is neither negative nor absurd", type);
        require(usage.present || count == 0, "usage that is absent counts nothing", type);
        text.append(" ").append(std::to_string(count));
    }
    return text.append(" ").append(std::to_string(observer.events())).append(observer.model());
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gomodel::fuzz;
    const std::string_view input = as_text(data, size);
    const std::size_t line = std::min(input.find('\n'), input.size());
    const std::string_view type = input.substr(0, line);
    const std::string_view answer = input.substr(std::min(line + 1, input.size()));
    const std::string whole = found(type, {std::string(answer)});
    for (const Pieces& pieces : ways_to_split(answer))
        require(found(type, pieces) == whole, "cutting the bytes changes nothing", input);
    return 0;
}
