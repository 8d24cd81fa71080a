// A storage instance with the calls its tests are made of. All tests share a table, because nothing
// drops one; each has rows of its own in it, told apart by the column "run". Thread-safe as far as
// the storage is.
#pragma once

#include <gomodel/abi.h>
#include <unistd.h>
#include <gomodel/json.hpp>
#include <gomodel/testing/fake_host.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "subject.hpp"
#include "test.hpp"

namespace gomodel::check {

class StorageUnderTest {
public:
    // `name`: the test's. Makes the table unless told otherwise.
    StorageUnderTest(Subject& subject, const std::string& name, bool with_table = true)
        : run_(name + " " + std::to_string(getpid())),
          instance_(subject.instance()),
          table_(*static_cast<const gm_storage_t*>(subject.plugin().vtable)) {
        if (with_table) ensure(kSchema);
    }

    static constexpr const char* kSchema = R"({"table":"plugin_check","columns":[
        {"name":"run","type":"text"},{"name":"id","type":"text"},{"name":"at","type":"time"},
        {"name":"label","type":"text"},{"name":"amount","type":"int","null":false,"default":0},
        {"name":"detail","type":"json"}],"key":["run","id"],"indexes":[["at"]]})";

    const std::string& run() const { return run_; }

    // A row of this test's: `members` is the rest of a JSON object.
    std::string row(std::string_view id, std::string_view members = {}) const {
        std::string text = "{\"run\":" + json::quote(run_) + ",\"id\":" + json::quote(id);
        if (!members.empty()) text += "," + std::string(members);
        return text + "}";
    }
    // A query about this test's rows: `conditions` go on a list, `members` are the rest.
    std::string query(std::string_view members, std::string_view conditions = {}) const {
        std::string text =
            R"({"table":"plugin_check","where":[["run","=",)" + json::quote(run_) + "]";
        if (!conditions.empty()) text += "," + std::string(conditions);
        text += "]";
        if (!members.empty()) text += "," + std::string(members);
        return text + "}";
    }

    void ensure(std::string_view schema) const {
        testing::FakeCall call;
        call.expire_in(kPatience);
        succeed(table_.ensure(instance_->self(), call.abi(), str(schema)), "ensure", call);
    }
    gm_status_t try_write(std::string_view rows, std::uint32_t mode) const {
        testing::FakeCall call;
        call.expire_in(kPatience);
        return table_.write(instance_->self(), call.abi(), str("plugin_check"), str(rows), mode);
    }
    void write(std::string_view rows, std::uint32_t mode = GM_WRITE_INSERT,
               std::string_view table = "plugin_check") const {
        testing::FakeCall call;
        call.expire_in(kPatience);
        succeed(table_.write(instance_->self(), call.abi(), str(table), str(rows), mode), "write",
                call);
    }
    // The rows, as JSON objects.
    std::vector<std::string> read(std::string_view query) const {
        testing::FakeCall call;
        call.expire_in(kPatience);
        std::vector<std::string> found;
        gm_rows_t rows{};
        rows.size = sizeof rows;
        rows.host_data = &found;
        rows.add = [](const gm_rows_t* self, gm_str_t row) {
            static_cast<std::vector<std::string>*>(self->host_data)
                ->emplace_back(row.data, row.len);
            return true;
        };
        succeed(table_.read(instance_->self(), call.abi(), str(query), &rows), "read", call);
        return found;
    }
    std::uint64_t erase(std::string_view query) const {
        testing::FakeCall call;
        call.expire_in(kPatience);
        std::uint64_t changed = 0;
        succeed(table_.erase(instance_->self(), call.abi(), str(query), &changed), "erase", call);
        return changed;
    }

    // The ids of the rows, joined by commas, in the order they came in.
    std::string ids(std::string_view query) const {
        std::string text;
        for (const std::string& row : read(query)) {
            const auto id = json::unquote(json::find(row, "id").value_or(""));
            expect(id.has_value(), "a row has no \"id\": " + row);
            text += (text.empty() ? "" : ",") + *id;
        }
        return text;
    }

private:
    static constexpr std::chrono::seconds kPatience{10};

    static void succeed(gm_status_t status, const std::string& what,
                        const testing::FakeCall& call) {
        expect(status == GM_OK,
               what + " returned " + name_of_status(status) + ", " + call.message());
    }

    const std::string run_;
    std::unique_ptr<Instance> instance_;
    const gm_storage_t& table_;
};

}  // namespace gomodel::check
