#include "gateway/model_metadata.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

using Texts = std::vector<std::string>;

std::optional<ModelMetadata> read(const std::string& json) {
    const json::Tree tree(json);
    return read_metadata(tree.root());
}

std::string written(const ModelMetadata& metadata) {
    json::Out out;
    write_metadata(out, metadata);
    return out.text();
}

TEST(ModelMetadataTest, ReadsAndWritesEveryMember) {
    const std::string json =
        R"({"display_name":"Big \"B\"","description":"d","family":"f","modes":["chat"],)"
        R"("categories":["text_generation"],"tags":["t","u"],"context_window":128000,)"
        R"("max_output_tokens":4096,"capabilities":{"tools":true,"vision":false},)"
        R"("rankings":{"arena":{"elo":1287.5,"rank":3,"as_of":"2026-01-01"}},)"
        R"("pricing":{"currency":"USD","input_per_mtok":2.5,"output_per_mtok":10,)"
        R"("cached_input_per_mtok":1.25,"cache_write_per_mtok":3,"reasoning_output_per_mtok":4,)"
        R"("batch_input_per_mtok":5,"batch_output_per_mtok":6,"audio_input_per_mtok":7,)"
        R"("audio_output_per_mtok":8,"per_image":0.04,"input_per_image":9,"per_second_input":11,)"
        R"("per_second_output":12,"per_character_input":1.5e-05,"per_request":13,"per_page":14,)"
        R"("tiers":[{"up_to_mtok":0.2,"input_per_mtok":1,"output_per_mtok":2},)"
        R"({"input_per_mtok":3}]}})";
    const auto metadata = read(json);
    ASSERT_TRUE(metadata.has_value());
    EXPECT_EQ(metadata->display_name, "Big \"B\"");
    EXPECT_EQ(written(*metadata), json);
    EXPECT_FALSE(metadata->pricing->tiers[1].up_to_mtok.has_value()) << "unknown is not zero";
}

TEST(ModelMetadataTest, KeepsWhatIsUnknownApartFromZero) {
    const auto metadata = read(R"({"pricing":{"input_per_mtok":0},"context_window":null})");
    ASSERT_TRUE(metadata.has_value());
    EXPECT_EQ(metadata->pricing->input_per_mtok, 0.0);
    EXPECT_FALSE(metadata->pricing->output_per_mtok.has_value());
    EXPECT_EQ(written(*metadata), R"({"pricing":{"input_per_mtok":0}})");
    EXPECT_TRUE(read("{}")->empty());
}

TEST(ModelMetadataTest, TakesTheScoreOfARankingWithoutElo) {
    EXPECT_EQ(read(R"({"rankings":{"a":{"score":7}}})")->rankings.at("a").elo, 7);
    EXPECT_EQ(read(R"({"rankings":{"a":{"score":7,"elo":9}}})")->rankings.at("a").elo, 9);
}

TEST(ModelMetadataTest, RefusesMembersOfAWrongType) {
    for (const char* json :
         {"[]", "7", R"({"display_name":7})", R"({"modes":"chat"})", R"({"modes":[1]})",
          R"({"context_window":"many"})", R"({"context_window":1.5})",
          R"({"capabilities":{"a":1}})", R"({"capabilities":[]})", R"({"rankings":{"a":1}})",
          R"({"rankings":{"a":{"elo":"x"}}})", R"({"pricing":[]})",
          R"({"pricing":{"input_per_mtok":"2"}})", R"({"pricing":{"tiers":{}}})",
          R"({"pricing":{"tiers":[1]}})", R"({"pricing":{"per_page":1e999}})"}) {
        EXPECT_FALSE(read(json).has_value()) << json;
    }
}

TEST(ModelMetadataTest, DerivesCategoriesFromModes) {
    EXPECT_EQ(categories_of({"chat", "responses", "completion"}), Texts{"text_generation"});
    EXPECT_EQ(categories_of({"rerank", "image_edit", "unheard-of", "embedding"}),
              (Texts{"embedding", "image"}));
    EXPECT_EQ(categories_of({"image_generation", "audio_speech", "audio_transcription",
                             "video_generation", "moderation", "ocr", "search"}),
              (Texts{"image", "audio", "video", "utility"}));
    EXPECT_EQ(categories_of({}), Texts{});
}

TEST(ModelMetadataTest, OverridesWhatIsSaid) {
    ModelMetadata metadata =
        *read(R"({"display_name":"a","family":"f","modes":["chat"],)"
              R"("categories":["text_generation"],"context_window":1,)"
              R"("capabilities":{"x":true,"y":true},"rankings":{"r":{"elo":1},"s":{"elo":2}},)"
              R"("pricing":{"input_per_mtok":1,"output_per_mtok":2}})");
    override_metadata(metadata, *read(R"({"display_name":"b","modes":["embedding"],)"
                                      R"("capabilities":{"y":false},"rankings":{"r":{"rank":5}},)"
                                      R"("pricing":{"output_per_mtok":3}})"));
    EXPECT_EQ(
        written(metadata),
        R"({"display_name":"b","family":"f","modes":["embedding"],)"
        R"("categories":["embedding"],"context_window":1,"capabilities":{"x":true,"y":false},)"
        R"("rankings":{"r":{"rank":5},"s":{"elo":2}},"pricing":{"output_per_mtok":3}})");
    override_metadata(metadata, *read(R"({"modes":["chat"],"categories":["utility"]})"));
    EXPECT_EQ(metadata.categories, Texts{"utility"}) << "given ones before derived ones";
}

}  // namespace
}  // namespace gomodel::gateway
