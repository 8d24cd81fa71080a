#include "gateway/principal.hpp"

#include <gtest/gtest.h>

#include "base/sha256.hpp"
#include "support/holed_text.hpp"

namespace gomodel::gateway {
namespace {

constexpr base::WallTime kNow{std::chrono::hours(24 * 365 * 56)};
constexpr std::string_view kToken = "sk_gom_0123456789";

ManagedKey key(std::string_view token) {
    ManagedKey key;
    key.id = "id-1";
    key.secret_hash = base::sha256_hex(token.substr(kKeyPrefix.size()));
    return key;
}

Controls with(std::vector<ManagedKey> keys) {
    Controls controls;
    controls.keys = std::make_shared<const KeyTable>(std::move(keys));
    return controls;
}

std::string bearer(std::string_view token) {
    return "Bearer " + std::string(token);
}

struct Outcome {
    std::string message;  // "accepted" or what the client is told
    std::string reason;
    int status = 200;
    Principal principal;
};

Outcome check(const Authenticator& authenticator, const Controls& controls,
              std::string_view authorization, std::string_view api_key = {}) {
    const auto result = authenticator.check(authorization, api_key, controls, kNow);
    if (const auto* const principal = std::get_if<Principal>(&result))
        return {"accepted", "", 200, *principal};
    const Refused& refused = std::get<Refused>(result);
    return {refused.error.message, std::string(refused.reason), refused.error.status, {}};
}

TEST(Authenticator, TakesTheMasterKeyInItsExactFormOnly) {
    const Authenticator keyed("s3cret key");
    const Controls none = with({});
    EXPECT_EQ(check(keyed, none, "Bearer s3cret key").message, "accepted");
    EXPECT_EQ(check(keyed, none, {}, "s3cret key").message, "accepted");
    EXPECT_EQ(check(keyed, none, {}).message, "missing authorization header");
    EXPECT_EQ(check(keyed, none, {}).status, 401);
    constexpr const char* kForm = "invalid authorization header format, expected 'Bearer <token>'";
    for (const char* form :
         {"", "bearer s3cret key", "Basic x", "Bearers3cret key", "s3cret key"}) {
        EXPECT_EQ(check(keyed, none, form).message, kForm) << form;
    }
    for (const char* wrong : {"Bearer ", "Bearer S3cret key", "Bearer  s3cret key"}) {
        EXPECT_EQ(check(keyed, none, wrong).message, "invalid master key") << wrong;
    }
    const Outcome open = check(Authenticator(""), none, {});
    EXPECT_EQ(open.message, "accepted");
    EXPECT_EQ(to_string(open.principal.method), "no_key");
}

// What is presented is not given up at the first byte that is wrong.
TEST(AuthenticatorDeathTest, LooksAtTheWholeOfAWrongMasterKey) {
    const tests::HoledText header("Bearer wrong");
    const std::size_t size = header.view().size() - std::string_view("Bearer ").size();
    const Controls none = with({});
    const Authenticator longer(std::string(size + 1, 'x'));
    EXPECT_EQ(check(longer, none, header.view()).message, "invalid master key");
    const Authenticator keyed(std::string(size, 'x'));
    EXPECT_DEATH(check(keyed, none, header.view()), "");
    EXPECT_DEATH(check(keyed, none, {}, header.view().substr(header.view().size() - size)), "");
}

TEST(Authenticator, ComparesTheWholeHashOfAManagedKey) {
    const Authenticator open("");
    for (std::size_t digit = 0; digit < 64; ++digit) {
        ManagedKey other = key(kToken);
        ASSERT_EQ(other.secret_hash.size(), 64u);
        char& changed = other.secret_hash[digit];
        changed = changed == '0' ? '1' : '0';
        EXPECT_EQ(check(open, with({other}), bearer(kToken)).reason, "invalid API key") << digit;
        const Outcome right = check(open, with({other, key(kToken)}), bearer(kToken));
        EXPECT_EQ(right.message, "accepted") << digit;
    }
}

TEST(Authenticator, OneKeyClosesAnOpenGateway) {
    const Authenticator open("");
    ManagedKey inactive = key(kToken);
    inactive.enabled = false;
    const Controls controls = with({inactive});
    EXPECT_EQ(check(open, controls, {}).message, "missing authorization header");
    const Outcome refused = check(open, controls, bearer(kToken));
    EXPECT_EQ(refused.message, "authentication failed");
    EXPECT_EQ(refused.reason, "API key is inactive");
    EXPECT_EQ(refused.status, 401);
}

TEST(Authenticator, TakesAManagedKeyInEitherHeader) {
    const Authenticator keyed("master");
    const Controls controls = with({key("sk_gom_other"), key(kToken)});
    for (const Outcome& outcome :
         {check(keyed, controls, bearer(kToken)), check(keyed, controls, {}, kToken)}) {
        EXPECT_EQ(outcome.message, "accepted");
        EXPECT_EQ(to_string(outcome.principal.method), "api_key");
        ASSERT_NE(outcome.principal.key, nullptr);
        EXPECT_EQ(outcome.principal.key->last_use->seconds.load(), 24LL * 365 * 56 * 3600);
        EXPECT_FALSE(outcome.principal.is_admin());
    }
    EXPECT_TRUE(check(keyed, controls, "Bearer master").principal.is_admin());
    for (const char* wrong : {"Bearer sk_gom_", "Bearer sk_gom_0123", "Bearer SK_GOM_0123456789",
                              "Bearer x", "Bearer "}) {
        EXPECT_EQ(check(keyed, controls, wrong).message, "authentication failed") << wrong;
        EXPECT_EQ(check(keyed, controls, wrong).reason, "invalid API key") << wrong;
    }
}

TEST(Authenticator, ExpiryCountsAtTheRequest) {
    ManagedKey now = key(kToken);
    now.expires_at = kNow;
    EXPECT_EQ(check(Authenticator(""), with({now}), bearer(kToken)).reason, "API key expired");
    now.expires_at = kNow + std::chrono::nanoseconds(1);
    EXPECT_EQ(check(Authenticator(""), with({now}), bearer(kToken)).message, "accepted");
    now.deactivated_at = kNow;
    EXPECT_EQ(check(Authenticator(""), with({now}), bearer(kToken)).reason, "API key is inactive");
}

TEST(Authenticator, UntilTheKeysAreKnownOnlyTheMasterKeyOpens) {
    const Controls unknown;
    for (const char* authorization : {"Bearer sk_gom_0123456789", "Bearer master", "x"}) {
        const Outcome outcome = check(Authenticator(""), unknown, authorization);
        EXPECT_EQ(outcome.status, 503) << authorization;
        EXPECT_EQ(outcome.reason, "authentication unavailable");
    }
    EXPECT_EQ(check(Authenticator(""), unknown, {}).status, 503);
    const Authenticator keyed("master");
    EXPECT_EQ(check(keyed, unknown, "Bearer master").message, "accepted");
    EXPECT_EQ(check(keyed, unknown, "Bearer sk_gom_0123456789").status, 503);
    EXPECT_EQ(check(keyed, unknown, "Bearer other").message, "invalid master key");
}

TEST(KeyTable, IsNewestFirstThenByNameAndId) {
    std::vector<ManagedKey> keys(4);
    keys[0].id = "b", keys[0].name = "same", keys[1].id = "a", keys[1].name = "same";
    keys[2].id = "new", keys[2].name = "z", keys[2].created_at = kNow;
    keys[3].id = "c", keys[3].name = "earlier";
    const KeyTable table(keys);
    std::string order;
    for (const ManagedKey& one : table.keys())
        order += one.id + " ";
    EXPECT_EQ(order, "new c a b ");
    EXPECT_EQ(table.by_id("a")->name, "same");
    EXPECT_EQ(table.by_id("none"), nullptr);
}

TEST(ControlsReader, SeesWhatIsPublishedAndKeepsWhatItGave) {
    ControlsSlot slot;
    ControlsReader reader(slot);
    const std::shared_ptr<const Controls> before = reader.get();
    EXPECT_EQ(before->keys, nullptr);
    EXPECT_EQ(reader.get(), before);
    slot.change([](Controls& controls) { controls.keys = std::make_shared<const KeyTable>(); });
    EXPECT_NE(reader.get()->keys, nullptr);
    EXPECT_EQ(before->keys, nullptr);
}

}  // namespace
}  // namespace gomodel::gateway
