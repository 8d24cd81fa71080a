#include "gateway/model_cache.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace gomodel::gateway {
namespace {

constexpr const char* kCache =
    R"({"updated_at":"2026-02-17T10:00:00Z","providers":{"mine":{"provider_type":"openai",)"
    R"("owned_by":"system","models":[{"id":"gpt-4o","created":1715367049},{"id":"o\"3","created":0}]},)"
    R"("none":{"provider_type":"groq","owned_by":"groq","models":[]}},)"
    R"("model_list_data":{"version": 1}})";

TEST(ModelCacheTest, WritesAndReadsTheDocumentedForm) {
    ModelCache cache;
    cache.providers["mine"] = {"openai",
                               {{{"gpt-4o", 1715367049, "system"}, {"o\"3", 0, "system"}}}};
    cache.providers["none"] = {"groq", {}};
    cache.model_list = R"({"version": 1})";
    const base::WallTime now{std::chrono::seconds(1771322400)};
    EXPECT_EQ(to_json(cache, now), kCache);
    const auto read = read_model_cache(kCache);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(*read, cache);
}

TEST(ModelCacheTest, RefusesWhatIsCorrupt) {
    const std::string whole = kCache;
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(read_model_cache(whole.substr(0, size)).ok()) << size;
    EXPECT_FALSE(read_model_cache("[]").ok());
    EXPECT_FALSE(read_model_cache(R"({"providers":[]})").ok());
}

TEST(ModelCacheTest, LeavesOutEntriesThatCannotBeRead) {
    const auto read = read_model_cache(
        R"({"providers":{"a":7,"b":{"provider_type":"x","models":[7,{"id":""},{"id":"m","created":"?"}]},)"
        R"("c":{"models":{}}},"model_list_data":[]})");
    ASSERT_TRUE(read.ok());
    ASSERT_EQ(read->providers.size(), 2u);
    EXPECT_EQ(read->providers.at("b"), (ModelCache::Provider{"x", {{{"m", 0, ""}}}}));
    EXPECT_EQ(read->model_list, "");
}

TEST(ModelCacheTest, ReplacesTheFileAndMakesItsFolder) {
    char pattern[] = "/tmp/gomodel-cache-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern), nullptr);
    const std::filesystem::path folder = pattern;
    const std::filesystem::path file = model_cache_file(folder / "a" / "b");
    EXPECT_EQ(load_model_cache(file).error().code, base::Code::kNotFound);
    for (const char* text : {"{\"first\": 1}", "{}"}) {
        const base::Status saved = save_model_cache(file, text);
        ASSERT_TRUE(saved.ok()) << saved.error().message;
        EXPECT_EQ(*load_model_cache(file), text);
    }
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".tmp"));
    const base::Status refused = save_model_cache(model_cache_file(file), "{}");
    EXPECT_FALSE(refused.ok()) << "its folder is a file";
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gomodel::gateway
