// Google's list of models and OpenAI's. Pure.
// https://ai.google.dev/api/models#method:-models.list
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gemini {

struct ModelPage {
    std::string entries;     // OpenAI model objects, separated by commas
    std::string next_token;  // asks for the next page; empty: this is the last
};

// Reads a page of Google's list,
// {"models":[{"name","supportedGenerationMethods"}],"nextPageToken"}, or a whole OpenAI list. Keeps
// what is called gemini-* or text-embedding-* and, in Google's, what generates or embeds content.
// `created`: seconds since 1970, for entries without a date. nullopt: it is neither.
std::optional<ModelPage> read_page(std::string_view answer, std::int64_t created);

// The seconds since 1970 of an HTTP date, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section
// 5.6.7); nullopt when it is none.
std::optional<std::int64_t> read_date(std::string_view text);

}  // namespace gemini
