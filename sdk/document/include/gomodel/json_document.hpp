// JSON into a RapidJSON document, for whoever needs values of their types at hand: schemas and
// small answers. RapidJSON must not turn strangers' numbers into doubles: 1.1 reads beyond its
// table of powers of ten for exponents such as 0.00000000001e-2147483639, and for many digits in
// full precision. Here it only finds where numbers begin and end, std::from_chars says what they
// are: the nearest double, or the whole number that it is up to 64 bits.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/encodedstream.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace gomodel::json {

namespace detail {

template <typename Number>
std::errc read_number(std::string_view digits, Number& number) {
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number);
    return error == std::errc() && stop != end ? std::errc::invalid_argument : error;
}

// Unset: too large. What is too small is zero.
inline std::optional<double> nearest_double(std::string_view digits) {
    double number = 0;
    if (read_number(digits, number) == std::errc()) return number;
    // Too large or too small, which only a wider type tells: it holds all that is too large and
    // passed RapidJSON, which knows no exponents beyond 308.
    long double wide = 0;
    const bool held = read_number(digits, wide) == std::errc();
    if (held && (wide > 1 || wide < -1)) return std::nullopt;
    return 0.0;
}

// Takes what a reader finds to a document.
class DocumentBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, DocumentBuilder> {
public:
    using Size = rapidjson::SizeType;

    explicit DocumentBuilder(rapidjson::Document& document) : document_(document) {}

    bool Null() { return document_.Null(); }
    bool Bool(bool value) { return document_.Bool(value); }
    bool String(const char* text, Size size, bool) { return document_.String(text, size, true); }
    bool Key(const char* text, Size size, bool) { return document_.Key(text, size, true); }
    bool StartObject() { return document_.StartObject(); }
    bool EndObject(Size members) { return document_.EndObject(members); }
    bool StartArray() { return document_.StartArray(); }
    bool EndArray(Size elements) { return document_.EndArray(elements); }

    bool RawNumber(const char* text, Size size, bool) {
        const std::string_view digits(text, size);
        std::int64_t whole = 0;
        if (read_number(digits, whole) == std::errc()) return document_.Int64(whole);
        std::uint64_t large = 0;
        if (read_number(digits, large) == std::errc()) return document_.Uint64(large);
        const std::optional<double> number = nearest_double(digits);
        return number.has_value() && document_.Double(*number);
    }

private:
    rapidjson::Document& document_;
};

}  // namespace detail

// True iff a text was refused for a number that is too large for a double.
inline bool is_number_too_large(const rapidjson::ParseResult& result) {
    return result.Code() == rapidjson::kParseErrorNumberTooBig ||
           result.Code() == rapidjson::kParseErrorTermination;
}

// Says why `text` cannot be read and where; `document` is left empty then. Depth is not limited.
template <unsigned kMoreFlags = rapidjson::kParseNoFlags>
rapidjson::ParseResult read_document(std::string_view text, rapidjson::Document& document) {
    constexpr unsigned kFlags =
        rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag | kMoreFlags;
    rapidjson::MemoryStream bytes(text.data(), text.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
    rapidjson::ParseResult result;
    const auto parse = [&stream, &result](rapidjson::Document& filled) {
        rapidjson::Reader reader;
        detail::DocumentBuilder builder(filled);
        result = reader.Parse<kFlags>(stream, builder);
        return !result.IsError();
    };
    document.SetNull();
    document.Populate(parse);
    return result;
}

}  // namespace gomodel::json
