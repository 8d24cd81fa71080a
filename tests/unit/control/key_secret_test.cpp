#include "control/key_secret.hpp"

#include <gtest/gtest.h>

namespace gomodel::control {
namespace {

TEST(KeySecret, IsThePrefixAnd32BytesInBase64Url) {
    const base::Result<std::string> token = new_token();
    ASSERT_TRUE(token.ok());
    EXPECT_TRUE(token->starts_with("sk_gom_"));
    const std::string secret = token->substr(7);
    EXPECT_EQ(secret.size(), 43U);
    EXPECT_EQ(secret.find_first_not_of(
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    EXPECT_NE(*new_token(), *token);
}

TEST(KeySecret, HashIsOfWhatFollowsThePrefix) {
    // FIPS 180-4's own example: "abc".
    EXPECT_EQ(secret_hash("sk_gom_abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(redacted("sk_gom_0123456789"), "sk_gom_...6789");
}

}  // namespace
}  // namespace gomodel::control
