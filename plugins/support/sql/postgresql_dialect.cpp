#include "sql/dialect.hpp"

namespace sql {
namespace {

// As a string that to_char() takes: RFC 3339 with nine digits of fraction, three of them unknown.
constexpr std::string_view kTimeFormat = "YYYY-MM-DD\"T\"HH24:MI:SS.US\"000Z\"";

class Postgresql final : public Dialect {
public:
    std::size_t max_values() const override { return 4000; }

    // The type is named, or the server would have to guess it from what is around.
    std::string placeholder(std::size_t n, Type type, Form form) const override {
        return "CAST($" + std::to_string(n) + " AS " + type_name(type, form) + ")";
    }

    std::string declared(const Column& column) const override {
        return type_name(column.type, column.form);
    }

    std::optional<Form> form_of(std::string_view declared, Type type) const override {
        const auto begins = [&](std::string_view word) { return declared.rfind(word, 0) == 0; };
        const bool whole = begins("bigint") || begins("integer") || begins("smallint");
        const bool text = begins("text") || begins("character");
        const bool real = begins("double") || begins("real") || begins("numeric");
        switch (type) {
            case Type::kText:
                return declared == "uuid" ? std::optional(Form::kUuid)
                       : text             ? std::optional(Form::kPlain)
                                          : std::nullopt;
            case Type::kInt:
                return whole ? std::optional(Form::kPlain) : std::nullopt;
            case Type::kReal:
                return real || whole ? std::optional(Form::kPlain) : std::nullopt;
            case Type::kBool:
                if (whole) return Form::kNumber;
                return declared == "boolean" ? std::optional(Form::kPlain) : std::nullopt;
            case Type::kTime:
                if (whole) return Form::kSeconds;
                return begins("timestamp") ? std::optional(Form::kPlain) : std::nullopt;
            case Type::kJson:
                if (text || declared == "json") return Form::kText;
                return declared == "jsonb" ? std::optional(Form::kPlain) : std::nullopt;
        }
        return std::nullopt;
    }

    std::string comparable(const Column& column) const override { return quoted(column.name); }

    std::string shown(std::string_view sql, Type type, Form form) const override {
        const std::string text(sql);
        if (type == Type::kTime) {
            const std::string time = form == Form::kSeconds ? "to_timestamp(" + text + ")" : text;
            return "to_char(" + time + " AT TIME ZONE 'UTC', '" + std::string(kTimeFormat) + "')";
        }
        if (type == Type::kBool && form == Form::kNumber) return "(" + text + " <> 0)";
        if (type == Type::kJson && form == Form::kText) return "CAST(" + text + " AS json)";
        return text;
    }

    Value instant(Instant instant, Form form, bool up) const override {
        if (form != Form::kSeconds) return format_instant(instant);
        return instant.seconds + (instant.nanos != 0 && !up ? 1 : 0);
    }
    Value stored(Instant instant, Form form) const override {
        if (form == Form::kSeconds) return instant.seconds;
        return format_instant(instant);
    }

    // Not json_build_object(), which takes no more than 50 members.
    std::string object(const std::vector<Member>& members) const override {
        std::string text = "(SELECT row_to_json(o) FROM (SELECT ";
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i != 0) text += ", ";
            text += members[i].sql + " AS " + quoted(members[i].name);
        }
        return text + ") AS o)::text";
    }

    std::string json_text(std::string_view column, const std::vector<std::string>& path,
                          Form form) const override {
        std::string text =
            "(" + quoted(column) + (form == Form::kText ? "::jsonb" : "") + " #>> '{";
        for (const std::string& element : path) {
            if (text.back() != '{') text += ',';
            text += element;
        }
        return text + "}')";
    }

    std::string bucket(const Column& column, std::string_view by,
                       std::string_view zone) const override {
        const std::string time = column.form == Form::kSeconds
                                     ? "to_timestamp(" + quoted(column.name) + ")"
                                     : quoted(column.name);
        const std::string local = "(" + time + " AT TIME ZONE '" + std::string(zone) + "')";
        const auto label = [&](const std::string& format) {
            return "to_char(" + local + ", '" + format + "')";
        };
        if (by == "day") return label("YYYY-MM-DD");
        if (by == "week") return label("IYYY-\"W\"IW");
        if (by == "month") return label("YYYY-MM");
        if (by == "year") return label("YYYY");
        // The hour that a clock shows twice is two hours: its distance from UTC tells them apart.
        const std::string east = "(" + local + " - (" + time + " AT TIME ZONE 'UTC'))";
        return label("YYYY-MM-DD\"T\"HH24:00:00") + " || CASE WHEN " + east +
               " < interval '0' THEN '-' ELSE '+' END || to_char(CASE WHEN " + east +
               " < interval '0' THEN -" + east + " ELSE " + east + " END, 'HH24:MI')";
    }

    std::string like(std::string_view text, std::string_view pattern) const override {
        return std::string(text) + " ILIKE " + std::string(pattern) + " ESCAPE '\\'";
    }
    std::string distinct_from(std::string_view left, std::string_view right) const override {
        return std::string(left) + " IS DISTINCT FROM " + std::string(right);
    }
    // By bytes, whatever the database's own order of letters is.
    std::string starts_with(std::string_view text, std::string_view low,
                            std::string_view high) const override {
        const std::string bytes = std::string(text) + " COLLATE \"C\"";
        return "(" + bytes + " >= " + std::string(low) + " AND " + bytes + " < " +
               std::string(high) + ")";
    }
    std::string_view nulls(bool descending) const override {
        return descending ? " NULLS LAST" : " NULLS FIRST";
    }
    std::string is_true(const Column& column) const override {
        return quoted(column.name) + (column.form == Form::kNumber ? " = 1" : "");
    }
    std::string_view row_id() const override { return "ctid"; }
    std::string counted(std::string_view change) const override {
        return "WITH changed AS (" + std::string(change) +
               " RETURNING 1) SELECT count(*)::text FROM changed";
    }

private:
    static std::string type_name(Type type, Form form) {
        switch (type) {
            case Type::kText:
                return form == Form::kUuid ? "uuid" : "text";
            case Type::kInt:
                return "bigint";
            case Type::kReal:
                return "double precision";
            case Type::kBool:
                return form == Form::kNumber ? "bigint" : "boolean";
            case Type::kTime:
                return form == Form::kSeconds ? "bigint" : "timestamptz";
            case Type::kJson:
                return form == Form::kText ? "text" : "jsonb";
        }
        return "text";
    }
};

}  // namespace

const Dialect& postgresql() {
    static const Postgresql dialect;
    return dialect;
}

std::string quoted(std::string_view name) {
    return "\"" + std::string(name) + "\"";
}

}  // namespace sql
