#include <algorithm>
#include <cctype>

#include "sql/dialect.hpp"

namespace sql {
namespace {

// The smallest text that stands for the instant: without the zeros and the Z at its end, which is
// what comparable() leaves of a stored time.
std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of("Z.0") + 1);
    return text;
}

// Times are text; a time's own functions gm_time() and gm_bucket() are registered with each
// connection by the plugin.
class Sqlite final : public Dialect {
public:
    std::size_t max_values() const override { return 900; }

    std::string placeholder(std::size_t, Type, Form) const override { return "?"; }

    std::string declared(const Column& column) const override {
        switch (column.type) {
            case Type::kText:
                return "TEXT";
            case Type::kInt:
            case Type::kBool:
                return "INTEGER";
            case Type::kReal:
                return "REAL";
            case Type::kTime:
                return column.form == Form::kSeconds ? "INTEGER" : "DATETIME";
            case Type::kJson:
                return column.form == Form::kText ? "TEXT" : "JSON";
        }
        return "TEXT";
    }

    std::optional<Form> form_of(std::string_view declared, Type type) const override {
        std::string upper(declared);
        std::transform(upper.begin(), upper.end(), upper.begin(),
                       [](char c) { return static_cast<char>(std::toupper(c)); });
        if (type != Type::kTime) return Form::kPlain;
        return upper.find("INT") == std::string::npos ? Form::kPlain : Form::kSeconds;
    }

    // Existing times end in any number of zeros, in Z or +00:00, and have a T or a space: what is
    // left of them here is the same for the same instant, and sorts as they do. Only functions of
    // SQLite's own, because an index with another would lock other programs out.
    std::string comparable(const Column& column) const override {
        const std::string name = quoted(column.name);
        if (column.type != Type::kTime || column.form != Form::kPlain) return name;
        return "rtrim(replace(replace(" + name + ",' ','T'),'+00:00','Z'),'Z.0')";
    }

    std::string unindexed(std::string_view sql) const override { return "+" + std::string(sql); }

    std::string shown(std::string_view sql, Type type, Form) const override {
        const std::string text(sql);
        if (type == Type::kTime) return "gm_time(" + text + ")";
        if (type == Type::kBool) {
            return "CASE WHEN " + text + " IS NULL THEN NULL WHEN lower(" + text +
                   ") IN ('1','t','true') THEN json('true') ELSE json('false') END";
        }
        if (type == Type::kJson) {
            return "CASE WHEN json_valid(" + text + ") THEN json(" + text + ") ELSE " + text +
                   " END";
        }
        // A value that is not what its column says, which SQLite allows.
        if (type == Type::kText) return "CAST(" + text + " AS TEXT)";
        return text;
    }

    Value instant(Instant instant, Form form, bool up) const override {
        if (form == Form::kSeconds) return instant.seconds + (instant.nanos != 0 && !up ? 1 : 0);
        return trimmed(format_instant(instant));
    }

    Value stored(Instant instant, Form form) const override {
        if (form == Form::kSeconds) return instant.seconds;
        return format_instant(instant);
    }

    std::string object(const std::vector<Member>& members) const override {
        std::string text = "json_object(";
        for (const Member& member : members) {
            if (text.back() != '(') text += ", ";
            text += "'" + member.name + "', " + member.sql;
        }
        return text + ")";
    }

    std::string json_text(std::string_view column, const std::vector<std::string>& path,
                          Form) const override {
        // One row with text that is no JSON must not fail the query.
        const std::string name = quoted(column);
        std::string text = "CASE WHEN json_valid(" + name + ") THEN json_extract(" + name + ", '$";
        for (const std::string& element : path) {
            const bool plain =
                element.find('-') == std::string::npos && !(element[0] >= '0' && element[0] <= '9');
            text += plain ? "." + element : ".\"" + element + "\"";
        }
        return text + "') END";
    }

    std::string bucket(const Column& column, std::string_view by,
                       std::string_view zone) const override {
        return "gm_bucket(" + quoted(column.name) + ", '" + std::string(by) + "', '" +
               std::string(zone) + "')";
    }

    std::string like(std::string_view text, std::string_view pattern) const override {
        return std::string(text) + " LIKE " + std::string(pattern) + " ESCAPE '\\'";
    }
    std::string distinct_from(std::string_view left, std::string_view right) const override {
        return std::string(left) + " IS NOT " + std::string(right);
    }
    std::string starts_with(std::string_view text, std::string_view low,
                            std::string_view high) const override {
        return "(" + std::string(text) + " >= " + std::string(low) + " AND " + std::string(text) +
               " < " + std::string(high) + ")";
    }
    std::string_view nulls(bool) const override { return ""; }
    std::string is_true(const Column& column) const override {
        return quoted(column.name) + " = 1";
    }
    std::string_view row_id() const override { return "rowid"; }
    std::string counted(std::string_view change) const override { return std::string(change); }
};

}  // namespace

const Dialect& sqlite() {
    static const Sqlite dialect;
    return dialect;
}

}  // namespace sql
