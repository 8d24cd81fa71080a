// Pages of a table whose rows share few times, from both ends, beside a listing of all of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "unit/storage/store.hpp"

namespace gomodel::tests {

inline void expect_every_page(Store& store, int times) {
    constexpr int kRows = 300;
    store.ensure(R"({"table":"paged","columns":[{"name":"id","type":"text"},
        {"name":"at","type":"time","null":false},{"name":"kind","type":"text"}],
        "key":["id"],"indexes":[["at","id","kind"]]})");
    store.erase(R"({"table":"paged"})");
    std::string rows;
    std::vector<std::string> all;
    for (int i = 0; i < kRows; ++i) {
        const int number = i * 77 % kRows;  // written out of order
        const int kind = number % 3;
        rows += (i == 0 ? "" : ",") + std::string(R"({"id":"r)") + std::to_string(1000 + number) +
                R"(","at":)" + std::to_string(1'700'000'000 + number * times / kRows) +
                (kind == 0   ? "}"
                 : kind == 1 ? R"(,"kind":""})"
                             : R"(,"kind":"x"})");
        all.push_back(R"({"id":"r)" + std::to_string(1000 + kRows - 1 - i) + "\"}");
    }
    store.write("paged", "[" + rows + "]");
    const std::string select = R"({"table":"paged","select":["id"],)";
    const std::string down = R"("order":[["at","desc"],["id","desc"]])";
    const std::string up = R"("order":[["at","asc"],["id","asc"]])";
    ASSERT_EQ(store.read(select + down + "}"), all);

    const std::string some =
        R"("where":[["at",">=",1700000000],{"any":[["kind","null",true],["kind","=",""]]}],)";
    std::vector<std::string> filtered;
    for (int i = 0; i < kRows; ++i) {
        if ((kRows - 1 - i) % 3 != 2) filtered.push_back(all[static_cast<std::size_t>(i)]);
    }
    for (const auto& [where, rest] : {std::pair{std::string(), all}, std::pair{some, filtered}}) {
        for (const std::size_t size : {std::size_t{7}, std::size_t{50}}) {
            std::vector<std::string> visited;
            for (std::size_t offset = 0; offset < rest.size(); offset += size) {
                const std::size_t count = std::min(size, rest.size() - offset);
                const auto page = [&](const std::string& order, std::size_t skipped) {
                    return store.read(select + where + order + R"(,"limit":)" +
                                      std::to_string(count) + R"(,"offset":)" +
                                      std::to_string(skipped) + "}");
                };
                const std::vector<std::string> forwards = page(down, offset);
                std::vector<std::string> backwards = page(up, rest.size() - offset - count);
                std::reverse(backwards.begin(), backwards.end());
                EXPECT_EQ(forwards, backwards) << offset << where;
                visited.insert(visited.end(), forwards.begin(), forwards.end());
            }
            EXPECT_EQ(visited, rest) << size << where;
        }
    }
}

}  // namespace gomodel::tests
