// A request reaches the place where Azure keeps what it asks for, whichever kind of base URL the
// operator gave.
#include "azure/azure_urls.hpp"

#include <gtest/gtest.h>
#include <gomodel/error.hpp>

#include <string>

namespace azure {
namespace {

constexpr const char* kResource = "https://r.openai.azure.com";
constexpr const char* kDeployment = "https://r.openai.azure.com/openai/deployments/d";

std::string url(const char* base, std::uint32_t kind, const char* path, const char* query = "",
                const char* version = "2024-10-21") {
    gm_op_t op{};
    op.size = sizeof op;
    op.kind = kind;
    op.model = gomodel::str("my model");
    return Urls(base, version).url(gomodel::Op(&op), path, query);
}

TEST(AzureUrls, OfADeployment) {
    for (const char* const base : {kDeployment, "https://r.openai.azure.com/openai/deployments/d/",
                                   "https://r.openai.azure.com/openai/deployments/d?api-version=1",
                                   "https://r.openai.azure.com/openai/deployments/d#x"}) {
        EXPECT_EQ(url(base, GM_CAN_CHAT, "/chat/completions"),
                  std::string(kDeployment) + "/chat/completions?api-version=2024-10-21");
    }
    EXPECT_EQ(url(kDeployment, GM_CAN_EMBED, "/embeddings"),
              std::string(kDeployment) + "/embeddings?api-version=2024-10-21");
    EXPECT_EQ(url(kDeployment, GM_CAN_PASSTHROUGH, "/images/generations"),
              std::string(kDeployment) + "/images/generations?api-version=2024-10-21");
}

TEST(AzureUrls, TheResourceHasWhatNoDeploymentHas) {
    for (const char* const base : {kDeployment, kResource, "https://r.openai.azure.com/openai/",
                                   "https://r.openai.azure.com/deployments/d"}) {
        EXPECT_EQ(url(base, GM_CAN_LIST_MODELS, "/models"),
                  std::string(kResource) + "/openai/models?api-version=2024-10-21");
        EXPECT_EQ(url(base, GM_CAN_BATCHES, "/batches/b"),
                  std::string(kResource) + "/openai/batches/b?api-version=2024-10-21");
        EXPECT_EQ(url(base, GM_CAN_FILES, "/files", "limit=2"),
                  std::string(kResource) + "/openai/files?limit=2&api-version=2024-10-21");
        EXPECT_EQ(url(base, GM_CAN_RESPONSES, "/responses"),
                  std::string(kResource) + "/openai/responses?api-version=2024-10-21");
    }
}

TEST(AzureUrls, OfAResourceNameTheDeploymentByTheModel) {
    EXPECT_EQ(url(kResource, GM_CAN_CHAT, "/chat/completions"),
              std::string(kResource) +
                  "/openai/deployments/my%20model/chat/completions?api-version=2024-10-21");
    EXPECT_EQ(url(kResource, GM_CAN_PASSTHROUGH, "/deployments/d/completions"),
              std::string(kResource) + "/openai/deployments/d/completions?api-version=2024-10-21");
    EXPECT_EQ(url(kResource, GM_CAN_PASSTHROUGH, "/openai/files"),
              std::string(kResource) + "/openai/files?api-version=2024-10-21");
    gm_op_t op{};
    op.kind = GM_CAN_CHAT;
    EXPECT_THROW(Urls(kResource, "1").url(gomodel::Op(&op), "/chat/completions", ""),
                 gomodel::Error);
}

TEST(AzureUrls, OfTheVersionlessApiAreOpenAis) {
    const std::string base = std::string(kResource) + "/openai/v1";
    for (const std::uint32_t kind : {GM_CAN_CHAT, GM_CAN_LIST_MODELS, GM_CAN_BATCHES, GM_CAN_FILES,
                                     GM_CAN_RESPONSES, GM_CAN_PASSTHROUGH}) {
        EXPECT_EQ(url(base.c_str(), kind, "/x"), base + "/x");
    }
    EXPECT_EQ(url(base.c_str(), GM_CAN_CHAT, "/x", "", "preview"), base + "/x?api-version=preview");
    EXPECT_EQ(url(base.c_str(), GM_CAN_PASSTHROUGH, "/x", "api-version=preview&a=1"),
              base + "/x?api-version=preview&a=1");
}

TEST(AzureUrls, AnyOtherBaseIsTakenAsItIs) {
    EXPECT_EQ(url("https://proxy/azure", GM_CAN_CHAT, "/chat/completions"),
              "https://proxy/azure/chat/completions?api-version=2024-10-21");
    EXPECT_EQ(url("https://proxy/azure", GM_CAN_FILES, "/files"),
              "https://proxy/azure/files?api-version=2024-10-21");
    EXPECT_EQ(url("https://proxy/azure", GM_CAN_LIST_MODELS, "/models"),
              "https://proxy/azure/openai/models?api-version=2024-10-21");
}

TEST(AzureUrls, TheVersionReplacesTheClients) {
    EXPECT_EQ(url(kDeployment, GM_CAN_PASSTHROUGH, "/x", "a=1&api-version=9&api-version&&b=2"),
              std::string(kDeployment) + "/x?a=1&b=2&api-version=2024-10-21");
}

}  // namespace
}  // namespace azure
