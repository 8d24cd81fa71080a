// JSON read into nodes that keep their text, and written piece by piece.
#include <gtest/gtest.h>

#include <string>

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

namespace gomodel::json {
namespace {

TEST(Tree, NodesKeepTheirText) {
    const std::string text = R"( { "a" : [ 1.50 , "x\u00e9" , null ] , "b" : { } , "a" : true } )";
    const Tree tree(text);
    ASSERT_TRUE(tree.ok());
    EXPECT_EQ(tree.root().size(), 3u);
    EXPECT_EQ(tree.root()["a"].raw(), "true") << "the last member of a name counts";
    EXPECT_EQ(tree.root()["b"].raw(), "{ }");
    EXPECT_EQ(tree.root()["b"].size(), 0u);
    std::string seen;
    for (const Node member : tree.root()) {
        seen += member.name();
        for (const Node element : member)
            seen += "|" + std::string(element.raw());
    }
    EXPECT_EQ(seen, R"(a|1.50|"x\u00e9"|nullba)");
}

TEST(Tree, WhatIsNotThereIsAbsentAllTheWayDown) {
    const Tree tree(R"({"a":null,"s":"text"})");
    const Node root = tree.root();
    EXPECT_TRUE(root["a"]);
    EXPECT_TRUE(root["a"].missing());
    EXPECT_FALSE(root["b"]["c"]);
    EXPECT_TRUE(root["b"]["c"].missing());
    EXPECT_EQ(root["b"].raw(), "");
    EXPECT_EQ(root["s"]["x"].text(), "");
    EXPECT_EQ(root["s"].size(), 0u);
    EXPECT_EQ(root["b"].size(), 0u);
    EXPECT_EQ(Node().number(), std::nullopt);
}

TEST(Tree, Values) {
    const Tree tree(R"({"n":"e\u0078\n","w":" \n\t\u0020","i":12.0,"f":1.5,"big":1e300,"t":true,)"
                    R"("\u0065scaped":1})");
    const Node root = tree.root();
    EXPECT_EQ(root["n"].text(), "ex\n");
    EXPECT_EQ(root["n"].escaped(), R"(e\u0078\n)");
    EXPECT_FALSE(root["n"].blank());
    EXPECT_TRUE(root["w"].blank());
    EXPECT_FALSE(root["t"].blank());
    EXPECT_EQ(root["i"].integer(), 12);
    EXPECT_EQ(root["f"].integer(), std::nullopt);
    EXPECT_EQ(root["f"].number(), 1.5);
    EXPECT_EQ(root["big"].integer(), std::nullopt);
    EXPECT_EQ(root["n"].integer(), std::nullopt);
    EXPECT_TRUE(root["t"].is_true());
    EXPECT_FALSE(root["t"].is_false());
    EXPECT_EQ(root["escaped"].raw(), "1");
    EXPECT_TRUE(Tree("\"x\"").root().equals("x"));
    EXPECT_FALSE(Tree("7").root().equals("7"));
}

TEST(Tree, MalformedTextHasNoRoot) {
    for (const char* const text :
         {"", " ", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "{\"a\":1,}", "[1 2]", "{}x", "nul", "\"a",
          "01", "-", "{a:1}", "[", "[}", "\"\\x\""}) {
        const Tree tree(text);
        EXPECT_FALSE(tree.ok()) << text;
        EXPECT_FALSE(tree.root()) << text;
    }
}

TEST(Tree, NestingIsBounded) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_TRUE(Tree(nested(200)).ok());
    EXPECT_FALSE(Tree(nested(100'000)).ok());
}

std::string elements(std::string_view text) {
    Elements all(text);
    std::string found;
    while (const Node element = all.next())
        found.append(element.raw()).append("|").append(element["a"].text()).append(" ");
    return found + (all.ok() ? "whole" : "broken");
}

TEST(Elements, AreReadOneByOne) {
    EXPECT_EQ(elements(R"( [ {"a":"b"} , [1, {"a":2}] ,"x"] )"),
              R"({"a":"b"}|b [1, {"a":2}]| "x"| whole)");
    EXPECT_EQ(elements("[]"), "whole");
    for (const char* none : {"", " ", "{}", "1", "]", "[", "[,1]", "[] 1", "null"})
        EXPECT_EQ(elements(none), "broken") << none;
    for (const char* broken : {"[1", "[1,", "[1,]", "[1 2]", "[1}", "[1],", "[1]]", "[1,{]"})
        EXPECT_EQ(elements(broken), "1| broken") << broken;
    const auto nested = [](std::size_t depth) {
        return elements(std::string(depth, '[') + std::string(depth, ']')).ends_with("whole");
    };
    EXPECT_TRUE(nested(kMaxDepth + 1));
    EXPECT_FALSE(nested(kMaxDepth + 2));
}

TEST(Compact, LosesSpaceBetweenPartsOnly) {
    EXPECT_EQ(compact(" { \"a b\" : [ 1 , \"c \\\" d\\\\\" ] \n} "), R"({"a b":[1,"c \" d\\"]})");
}

TEST(Out, PutsCommasWhereTheyBelong) {
    Out out;
    out.begin_object().member("a", "x,").raw_member("b", "[]").key("c").begin_array();
    out.number(1).string("{").begin_object().end_object().escaped("\\n").end_array();
    out.number_member("d", -2).end_object();
    EXPECT_EQ(out.text(), R"({"a":"x,","b":[],"c":[1,"{",{},"\n"],"d":-2})");
    EXPECT_TRUE(Tree(out.text()).ok());
}

}  // namespace
}  // namespace gomodel::json
