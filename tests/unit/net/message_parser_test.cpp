#include "net/http_message.hpp"

#include <gtest/gtest.h>

namespace gomodel::net {
namespace {

constexpr std::size_t kMaxHead = 4096;

struct Parsed {
    ParseStep step = ParseStep::kNeedMore;
    int error_status = 0;
    std::string head;
    std::string body;
    std::string left;

    bool operator==(const Parsed&) const = default;
};

// Feeds `bytes` in two pieces cut at `cut`, as a connection would: what is not used is given again.
Parsed parse(std::string_view bytes, std::size_t cut, MessageParser::Kind kind) {
    MessageParser parser(kind, kMaxHead);
    Parsed parsed;
    std::string received(bytes.substr(0, cut));
    parsed.step = parser.parse_head(received);
    if (parsed.step == ParseStep::kNeedMore) {
        received = bytes;
        parsed.step = parser.parse_head(received);
    } else {
        received = bytes;
    }
    if (parsed.step != ParseStep::kDone) {
        parsed.error_status = parser.error().status;
        return parsed;
    }
    for (const HeaderField& field : parser.fields(received)) {
        parsed.head.append(field.name).append("=").append(field.value).append(";");
    }
    std::string pending;
    const std::size_t head = parser.head_size();
    for (const std::string_view piece :
         {std::string_view(received).substr(head, cut > head ? cut - head : 0),
          std::string_view(received).substr(std::max(head, cut))}) {
        pending.append(piece);
        std::vector<std::string_view> pieces;
        std::size_t used = 0;
        parsed.step = parser.decode_body(pending, used, pieces);
        for (const std::string_view part : pieces)
            parsed.body.append(part);
        pending.erase(0, used);
    }
    parsed.error_status = parser.error().status;
    parsed.left = pending;
    return parsed;
}

void expect_same_at_every_split(std::string_view bytes, MessageParser::Kind kind) {
    const Parsed whole = parse(bytes, bytes.size(), kind);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        ASSERT_EQ(parse(bytes, cut, kind), whole) << "cut at byte " << cut;
    }
}

TEST(MessageParser, RequestWithLength) {
    constexpr std::string_view kBytes =
        "POST /v1/x?a=b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX-Empty:\r\n\r\nhelloNEXT";
    const Parsed parsed = parse(kBytes, kBytes.size(), MessageParser::Kind::kRequest);
    EXPECT_EQ(parsed.step, ParseStep::kDone);
    EXPECT_EQ(parsed.head, "Host=a;Content-Length=5;X-Empty=;");
    EXPECT_EQ(parsed.body, "hello");
    EXPECT_EQ(parsed.left, "NEXT");
    expect_same_at_every_split(kBytes, MessageParser::Kind::kRequest);
}

TEST(MessageParser, ChunkedRequestWithTrailer) {
    constexpr std::string_view kBytes =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n00a\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\nGET";
    const Parsed parsed = parse(kBytes, kBytes.size(), MessageParser::Kind::kRequest);
    EXPECT_EQ(parsed.step, ParseStep::kDone);
    EXPECT_EQ(parsed.body, "abc0123456789");
    EXPECT_EQ(parsed.left, "GET");
    expect_same_at_every_split(kBytes, MessageParser::Kind::kRequest);
}

TEST(MessageParser, ChunkedResponseWithExtension) {
    constexpr std::string_view kBytes =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\ndata\r\n0\r\n\r\n";
    const Parsed parsed = parse(kBytes, kBytes.size(), MessageParser::Kind::kResponse);
    EXPECT_EQ(parsed.step, ParseStep::kDone);
    EXPECT_EQ(parsed.body, "data");
    expect_same_at_every_split(kBytes, MessageParser::Kind::kResponse);
}

TEST(MessageParser, ResponseUntilClose) {
    MessageParser parser(MessageParser::Kind::kResponse, kMaxHead);
    constexpr std::string_view kBytes = "HTTP/1.0 200 OK\r\n\r\nall of it";
    ASSERT_EQ(parser.parse_head(kBytes), ParseStep::kDone);
    EXPECT_EQ(parser.body(), BodyKind::kUntilClose);
    EXPECT_FALSE(parser.keep_alive());
    std::vector<std::string_view> pieces;
    std::size_t used = 0;
    EXPECT_EQ(parser.decode_body(kBytes.substr(parser.head_size()), used, pieces),
              ParseStep::kNeedMore);
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_EQ(pieces[0], "all of it");
    EXPECT_EQ(parser.end_of_stream(), ParseStep::kDone);
}

TEST(MessageParser, AnswerToHeadHasNoBody) {
    MessageParser parser(MessageParser::Kind::kResponseToHead, kMaxHead);
    ASSERT_EQ(parser.parse_head("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"), ParseStep::kDone);
    EXPECT_EQ(parser.body(), BodyKind::kNone);
}

TEST(MessageParser, ConnectionEndingInsideABodyIsAFailure) {
    MessageParser parser(MessageParser::Kind::kResponse, kMaxHead);
    constexpr std::string_view kBytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour";
    ASSERT_EQ(parser.parse_head(kBytes), ParseStep::kDone);
    std::vector<std::string_view> pieces;
    std::size_t used = 0;
    EXPECT_EQ(parser.decode_body(kBytes.substr(parser.head_size()), used, pieces),
              ParseStep::kNeedMore);
    EXPECT_EQ(parser.end_of_stream(), ParseStep::kFailed);
}

struct BadRequest {
    const char* name;
    std::string bytes;
    int status;
};

void PrintTo(const BadRequest& request, std::ostream* out) {
    *out << request.name;
}

class RefusedRequest : public testing::TestWithParam<BadRequest> {};

TEST_P(RefusedRequest, WhereverItIsCut) {
    const BadRequest& request = GetParam();
    for (std::size_t cut = 0; cut <= request.bytes.size(); ++cut) {
        const Parsed parsed = parse(request.bytes, cut, MessageParser::Kind::kRequest);
        ASSERT_EQ(parsed.step, ParseStep::kFailed) << "cut at byte " << cut;
        ASSERT_EQ(parsed.error_status, request.status) << "cut at byte " << cut;
    }
}

std::string post(const std::string& fields, const std::string& body = "") {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

INSTANTIATE_TEST_SUITE_P(
    Smuggling, RefusedRequest,
    testing::Values(
        BadRequest{"LengthAndChunked",
                   post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
        BadRequest{"ChunkedAndLength",
                   post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n"), 400},
        BadRequest{"TwoTransferEncodings",
                   post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), 400},
        BadRequest{"EncodingBeforeChunked", post("Transfer-Encoding: gzip, chunked\r\n"), 501},
        BadRequest{"ObfuscatedChunked", post("Transfer-Encoding: xchunked\r\n"), 400},
        BadRequest{"QuotedChunked", post("Transfer-Encoding: \"chunked\"\r\n"), 400},
        BadRequest{"IdentityEncoding", post("Transfer-Encoding: identity\r\n"), 400},
        BadRequest{"ChunkedBeforeEncoding", post("Transfer-Encoding: chunked, identity\r\n"), 400},
        BadRequest{"ChunkedTwiceInAList", post("Transfer-Encoding: chunked, chunked\r\n"), 400},
        BadRequest{"EmptyCoding", post("Transfer-Encoding: , chunked\r\n"), 400},
        BadRequest{"NoCoding", post("Transfer-Encoding:\r\n"), 400},
        BadRequest{"ChunkedInHttp10",
                   "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        BadRequest{"TwoLengths", post("Content-Length: 4\r\nContent-Length: 4\r\n", "abcd"), 400},
        BadRequest{"LengthList", post("Content-Length: 4, 4\r\n", "abcd"), 400},
        BadRequest{"NegativeLength", post("Content-Length: -1\r\n"), 400},
        BadRequest{"SignedLength", post("Content-Length: +4\r\n", "abcd"), 400},
        BadRequest{"HexLength", post("Content-Length: 0x4\r\n", "abcd"), 400},
        BadRequest{"OverflowingLength", post("Content-Length: 99999999999999999999\r\n"), 400},
        BadRequest{"EmptyLength", post("Content-Length:\r\n"), 400},
        BadRequest{"BareLineFeed", "POST / HTTP/1.1\nHost: a\n\n", 400},
        BadRequest{"BareLineFeedInField", post("A: b\nContent-Length: 4\r\n", "abcd"), 400},
        BadRequest{"BareCarriageReturn", post("A: b\rC: d\r\n"), 400},
        BadRequest{"FoldedField", post("A: b\r\n c\r\n"), 400},
        BadRequest{"FoldedEncoding", post("Transfer-Encoding:\r\n chunked\r\n"), 400},
        BadRequest{"SpaceBeforeColon", post("Content-Length : 4\r\n", "abcd"), 400},
        BadRequest{"SpaceBeforeName", post(" Content-Length: 4\r\n", "abcd"), 400},
        BadRequest{"NulInValue", post(std::string("A: b\0c\r\n", 8)), 400},
        BadRequest{"ChunkExtension",
                   post("Transfer-Encoding: chunked\r\n", "4;a=b\r\nabcd\r\n0\r\n\r\n"), 400},
        BadRequest{"ChunkSizeOverflow",
                   post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n\r\n"), 400},
        BadRequest{"ChunkSizeNotHex", post("Transfer-Encoding: chunked\r\n", "zz\r\n\r\n"), 400},
        BadRequest{"ChunkWithoutLineEnd",
                   post("Transfer-Encoding: chunked\r\n", "4\r\nabcdX\r\n0\r\n\r\n"), 400},
        BadRequest{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        BadRequest{"NoHost", "GET / HTTP/1.1\r\nA: b\r\n\r\n", 400},
        BadRequest{"BareLineFeedInTrailer",
                   post("Transfer-Encoding: chunked\r\n", "0\r\nA: b\n\nGET / HTTP/1.1\r\n\r\n"),
                   400},
        BadRequest{"FoldedTrailer",
                   post("Transfer-Encoding: chunked\r\n", "0\r\nA: b\r\n c\r\n\r\n"), 400},
        BadRequest{"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        BadRequest{"AnotherProtocol", "GET / HTTQ/1.1\r\nHost: a\r\n\r\n", 400},
        BadRequest{"VersionTooNew", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
        BadRequest{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        BadRequest{"Garbage", "\x16\x03\x01\x02 nonsense\r\n\r\n", 400}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(MessageParser, HeadPastTheLimitIsTooLarge) {
    MessageParser parser(MessageParser::Kind::kRequest, 256);
    const std::string bytes =
        "GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(300, 'x') + "\r\n\r\n";
    EXPECT_EQ(parser.parse_head(bytes), ParseStep::kFailed);
    EXPECT_EQ(parser.error().status, 431);
}

TEST(MessageParser, HeadLimitIsTheSameWhereverTheHeadIsCut) {
    const std::string fill(kMaxHead / 2 - 20, 'x');
    const std::string start = "GET /" + fill + " HTTP/1.1\r\nHost: a\r\nA: " + fill;
    const std::string fits = start + std::string(kMaxHead - start.size() - 4, 'y') + "\r\n\r\n";
    const std::string too_large =
        start + std::string(kMaxHead - start.size() - 3, 'y') + "\r\n\r\n";
    for (std::size_t cut = 0; cut <= fits.size(); ++cut) {
        ASSERT_EQ(parse(fits, cut, MessageParser::Kind::kRequest).step, ParseStep::kDone) << cut;
        const Parsed parsed = parse(too_large, cut, MessageParser::Kind::kRequest);
        ASSERT_EQ(parsed.error_status, 431) << cut;
    }
}

TEST(MessageParser, ChunkedBodyPastTheLimitIsTooLarge) {
    MessageParser parser(MessageParser::Kind::kRequest, kMaxHead);
    ASSERT_EQ(parser.parse_head(post("Transfer-Encoding: chunked\r\n")), ParseStep::kDone);
    parser.limit_body(6);
    std::vector<std::string_view> pieces;
    std::size_t used = 0;
    EXPECT_EQ(parser.decode_body("4\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n", used, pieces),
              ParseStep::kFailed);
    EXPECT_EQ(parser.error().status, 413);
}

}  // namespace
}  // namespace gomodel::net
