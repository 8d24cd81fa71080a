#include "model_list.hpp"

#include <gomodel/json.hpp>

#include <array>
#include <charconv>
#include <chrono>

namespace gemini {
namespace {

namespace json = gomodel::json;

std::string text_member(std::string_view object, std::string_view name) {
    return json::unquote(json::find(object, name).value_or("")).value_or("");
}

bool is_kept(std::string_view id) {
    return id.starts_with("gemini-") || id.starts_with("text-embedding-");
}

bool makes_content(std::string_view model) {
    json::Array methods(json::find(model, "supportedGenerationMethods").value_or("[]"));
    bool found = false;
    while (const auto method = methods.next()) {
        found = found || *method == "\"generateContent\"" ||
                *method == "\"streamGenerateContent\"" || *method == "\"embedContent\"";
    }
    return methods.ok() && found;
}

void append_entry(std::string& out, std::string_view id, std::string_view created) {
    if (!out.empty()) out += ',';
    out.append(R"({"id":)").append(json::quote(id)).append(R"(,"object":"model","created":)");
    out.append(created).append(R"(,"owned_by":"google"})");
}

// Calls `on_entry` for each element; false when `list` is no array.
template <typename OnEntry>
bool for_each(std::string_view list, OnEntry&& on_entry) {
    json::Array entries(list);
    while (const auto entry = entries.next())
        on_entry(*entry);
    return entries.ok();
}

std::string id_of(std::string name) {
    constexpr std::string_view kPrefix = "models/";
    return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
}

std::optional<int> digits(std::string_view text) {
    int value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<ModelPage> read_page(std::string_view answer, std::int64_t created) {
    ModelPage page;
    const std::string now = std::to_string(created);
    if (const auto models = json::find(answer, "models")) {
        const bool read = for_each(*models, [&](std::string_view model) {
            const std::string id = id_of(text_member(model, "name"));
            if (is_kept(id) && makes_content(model)) append_entry(page.entries, id, now);
        });
        page.next_token = text_member(answer, "nextPageToken");
        return read ? std::optional(page) : std::nullopt;
    }
    // Google leaves an empty list out.
    if (answer.find_first_not_of(" \r\n\t{}") == std::string_view::npos && json::valid(answer)) {
        return page;
    }
    if (text_member(answer, "object") != "list") return std::nullopt;
    const bool read =
        for_each(json::find(answer, "data").value_or(""), [&](std::string_view model) {
            const std::string id = id_of(text_member(model, "id"));
            const std::string_view date = json::find(model, "created").value_or("");
            if (is_kept(id)) append_entry(page.entries, id, json::number(date) ? date : now);
        });
    return read ? std::optional(page) : std::nullopt;
}

std::optional<std::int64_t> read_date(std::string_view text) {
    constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
    unsigned month = 1;
    for (const char* const name : kMonths) {
        if (text.substr(8, 3) == name) break;
        ++month;
    }
    const auto day = digits(text.substr(5, 2)), year = digits(text.substr(12, 4));
    const auto hour = digits(text.substr(17, 2)), minute = digits(text.substr(20, 2));
    const auto second = digits(text.substr(23, 2));
    if (!day || !year || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(month),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    const auto time = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                      std::chrono::minutes(*minute) + std::chrono::seconds(*second);
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace gemini
