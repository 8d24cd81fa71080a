#include "gateway/stand_ins.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

using Selectors = std::vector<std::string>;

std::shared_ptr<const Provider> provider(const std::string& name) {
    return std::make_shared<const Provider>(Provider{name, "openai", nullptr, {}, {}});
}

// A gateway with one provider, `one`, that has the models of a list, and `two`, that has
// `other_ids`.
class StandInsTest : public testing::Test {
protected:
    // The stand-ins for "one/<id>". models: the members of the list's `models`.
    Selectors of(const std::string& id, const std::string& models,
                 const std::vector<std::string>& other_ids = {}) {
        const auto list = ModelList::parse(R"({"models":{)" + models + "}}");
        EXPECT_TRUE(list.ok());
        EXPECT_EQ(list->skipped(), 0u);
        std::map<std::string, Inventory> inventories;
        for (const char* const each : {"a", "b", "c", "d", "m"}) {
            if (list->find("openai", each).has_value() || id == each) {
                inventories["one"].models.push_back({each, 0});
            }
        }
        for (const std::string& other : other_ids)
            inventories["two"].models.push_back({other, 0});
        const Catalog catalog(providers_, inventories, *list);
        Selectors selectors;
        for (const Model* const each : stand_ins(catalog, *catalog.find("one/" + id))) {
            selectors.push_back(each->selector);
        }
        return selectors;
    }

    std::vector<std::shared_ptr<const Provider>> providers_{provider("one"), provider("two")};
};

// A member of the list: a model that writes text and stands in Chatbot Arena.
std::string model(const std::string& id, const std::string& ranking, const std::string& more = "") {
    return '"' + id + R"(":{"modes":["chat"],"rankings":{"chatbot_arena":{)" + ranking + "}}" +
           more + '}';
}

TEST_F(StandInsTest, AModelThatNothingIsKnownOfHasItsOwnIdOnly) {
    EXPECT_EQ(of("m", model("a", R"("elo":1200)"), {"m", "z"}), (Selectors{"two/m"}));
}

TEST_F(StandInsTest, TheSameIdComesFirstThenTheNearestInElo) {
    EXPECT_EQ(of("m",
                 model("m", R"("elo":1200)") + "," + model("a", R"("elo":1350)") + "," +
                     model("b", R"("elo":1190)") + "," + model("c", R"("elo":1220.5)"),
                 {"m"}),
              (Selectors{"two/m", "one/b", "one/c", "one/a"}));
}

TEST_F(StandInsTest, TheFamilyComesBeforeTheNearest) {
    EXPECT_EQ(of("m", model("m", R"("elo":1200)", R"(,"family":"f")") + "," +
                          model("a", R"("elo":1200)", R"(,"family":"g")") + "," +
                          model("b", R"("elo":900)", R"(,"family":"f")")),
              (Selectors{"one/b", "one/a"}));
}

TEST_F(StandInsTest, NoFamilyIsNoCommonFamily) {
    EXPECT_EQ(of("m", model("m", R"("elo":1200)") + "," + model("a", R"("elo":1100)") + "," +
                          model("b", R"("elo":1201)", R"(,"family":"f")")),
              (Selectors{"one/b", "one/a"}));
}

TEST_F(StandInsTest, WhoHasEloComesBeforeWhoHasARankOnly) {
    EXPECT_EQ(of("m", model("m", R"("elo":1200,"rank":7)") + "," + model("a", R"("rank":7)") + "," +
                          model("b", R"("elo":2000)") + "," + model("c", R"("rank":9)") + "," +
                          model("d", R"("elo":2000,"rank":30)")),
              (Selectors{"one/d", "one/b", "one/a", "one/c"}));
}

TEST_F(StandInsTest, EqualsAreOrderedByWhatBothCanDoThenBySelector) {
    const std::string both = R"(,"capabilities":{"tools":true,"vision":true,"audio":false})";
    EXPECT_EQ(of("m", model("m", R"("rank":3)", both) + "," + model("a", R"("rank":4)") + "," +
                          model("b", R"("rank":2)") + "," +
                          model("c", R"("rank":4)",
                                R"(,"capabilities":{"tools":true,"vision":false,"audio":true})") +
                          "," + model("d", R"("rank":2)", both)),
              (Selectors{"one/d", "one/c", "one/a", "one/b"}));
}

TEST_F(StandInsTest, OnlyModelsOfTheSameKindAndRankingAreCompared) {
    const std::string elsewhere =
        R"("a":{"modes":["chat"],"rankings":{"other":{"elo":1200}}},)"
        R"("b":{"modes":["embedding"],"rankings":{"chatbot_arena":{"elo":1200}}},)"
        R"("c":{"modes":["chat"],"rankings":{"chatbot_arena":{"as_of":"2026-01-01"}}},)"
        R"("d":{"modes":["chat"]})";
    EXPECT_EQ(of("m", model("m", R"("elo":1200)") + "," + elsewhere), Selectors{});
    EXPECT_EQ(of("b", model("m", R"("elo":1200)") + "," + elsewhere), Selectors{})
        << "an embedding model has no stand-in of another id";
}

TEST_F(StandInsTest, TheBestKnownRankingDecidesElseTheFirstByName) {
    const auto ranked = [](const std::string& id, const std::string& rankings) {
        return '"' + id + R"(":{"modes":["chat"],"rankings":{)" + rankings + "}}";
    };
    EXPECT_EQ(
        of("m", ranked("m", R"("aaa":{"elo":1},"chatbot_arena_math":{"elo":1},)"
                            R"("chatbot_arena":{"as_of":"x"},"chatbot_arena_coding":{"elo":1})") +
                    "," + ranked("a", R"("aaa":{"elo":1})") + "," +
                    ranked("b", R"("chatbot_arena_math":{"elo":1})") + "," +
                    ranked("c", R"("chatbot_arena_coding":{"elo":1})")),
        (Selectors{"one/c"}));
    EXPECT_EQ(
        of("m", ranked("m", R"("zzz":{"elo":1},"bbb":{"rank":1},"aaa":{})") + "," +
                    ranked("a", R"("aaa":{"elo":1})") + "," + ranked("b", R"("bbb":{"rank":9})") +
                    "," + ranked("c", R"("zzz":{"elo":1})")),
        (Selectors{"one/b"}));
}

}  // namespace
}  // namespace gomodel::gateway
