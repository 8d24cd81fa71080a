// Each interface through its C table: what the host passes reaches the class, what the class gives
// or throws reaches the host.
#include <gtest/gtest.h>
#include <gomodel/plugin.hpp>
#include <gomodel/testing/instance.hpp>
#include <gomodel/testing/recording_sink.hpp>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace gomodel {
namespace {

using testing::FakeCall;
using testing::Instance;
using testing::RecordingSink;

constexpr const char* kAnySchema = R"({"type":"object"})";

class MapCache final : public Cache {
public:
    static constexpr const char* kId = "cache.map";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "For tests";
    static constexpr const char* kSchema = kAnySchema;
    static constexpr std::uint32_t kNeedsMinor = GM_ABI_MINOR;

    MapCache(Host host, const Config& config, Call call) : prefix_(config.text("prefix")) {
        if (config.flag("fail")) throw Error(GM_UNAVAILABLE, "no server at " + prefix_);
        host.info("made within " + std::string(call.remaining() ? "a" : "no") + " deadline");
    }

    std::optional<std::string> get(Call, std::string_view key) override {
        const auto found = entries_.find(prefix_ + std::string(key));
        return found == entries_.end() ? std::nullopt : std::optional(found->second);
    }
    void put(Call, std::string_view key, std::string_view value, std::uint64_t ttl_ms) override {
        entries_[prefix_ + std::string(key)] = std::string(value) + "/" + std::to_string(ttl_ms);
    }
    void erase(Call, std::string_view key) override { entries_.erase(prefix_ + std::string(key)); }

    const void* extension(const char* id) noexcept {
        return std::string_view(id) == "gomodel.health/1" ? this : nullptr;
    }

private:
    const std::string prefix_;
    std::map<std::string, std::string> entries_;
};

TEST(CacheTable, CarriesValuesAndMisses) {
    const Instance<MapCache> cache(R"({"prefix":"p:"})");
    const FakeCall call;
    const RecordingSink sink;
    EXPECT_EQ(cache.table().get(cache.self(), call.abi(), str("k"), sink.abi()), GM_NOT_FOUND);
    EXPECT_EQ(cache.table().put(cache.self(), call.abi(), str("k"), str("v"), 5), GM_OK);
    EXPECT_EQ(cache.table().get(cache.self(), call.abi(), str("k"), sink.abi()), GM_OK);
    EXPECT_EQ(sink.outputs(), (std::vector<testing::Output>{{0, "v/5"}}));
    EXPECT_EQ(cache.table().erase(cache.self(), call.abi(), str("k")), GM_OK);
    EXPECT_EQ(cache.table().get(cache.self(), call.abi(), str("k"), sink.abi()), GM_NOT_FOUND);
}

TEST(PluginDescriptor, SaysWhatTheClassSays) {
    const gm_plugin_t& plugin = Plugin<MapCache>::kDescriptor;
    EXPECT_EQ(plugin.size, sizeof(gm_plugin_t));
    EXPECT_STREQ(plugin.id, "cache.map");
    EXPECT_STREQ(plugin.iface, GM_CACHE);
    EXPECT_STREQ(plugin.config_schema, kAnySchema);
    EXPECT_EQ(plugin.flags, 0u);
    EXPECT_EQ(plugin.vtable, &Cache::Abi::kTable);
}

TEST(PluginDescriptor, CreateRefusesWithTheReason) {
    const testing::FakeHost host;
    const FakeCall call;
    void* self = nullptr;
    const auto create = [&](std::string_view config) {
        return Plugin<MapCache>::kDescriptor.create(host.abi(), call.abi(), str(config), &self);
    };
    EXPECT_EQ(create(R"({"fail":true,"prefix":"h:1"})"), GM_UNAVAILABLE);
    EXPECT_EQ(call.message(), "no server at h:1");
    EXPECT_EQ(create("nonsense"), GM_INVALID);
    EXPECT_EQ(create(R"({"prefix":1})"), GM_INVALID);
    EXPECT_EQ(self, nullptr);
}

TEST(PluginDescriptor, AConstructorMayTakeTheCall) {
    const Instance<MapCache> cache;
    ASSERT_EQ(cache.host().log().size(), 1u);
    EXPECT_EQ(cache.host().log()[0].message, "made within no deadline");
    EXPECT_EQ(cache.host().log()[0].level, GM_LOG_INFO);
}

TEST(PluginDescriptor, ExtensionsAreTheClassesOwn) {
    const Instance<MapCache> cache;
    EXPECT_NE(Plugin<MapCache>::extension(cache.self(), "gomodel.health/1"), nullptr);
    EXPECT_EQ(Plugin<MapCache>::extension(cache.self(), "gomodel.other/1"), nullptr);
}

class FlatStore final : public VectorStore {
public:
    static constexpr const char* kId = "vector.flat";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "For tests";
    static constexpr const char* kSchema = kAnySchema;

    FlatStore(Host, const Config&) {}

    void upsert(Call, std::string_view space, std::string_view key, std::span<const float> vector,
                std::string_view payload, std::uint64_t) override {
        if (vector.size() != 2) throw Error(GM_INVALID, "the dimension is 2");
        rows_.push_back(std::string(space) + "/" + std::string(key) + "=" + std::string(payload));
    }
    void search(Call, std::string_view, std::span<const float> query, std::uint32_t limit,
                float min_score, Hits hits) override {
        for (std::uint32_t i = 0; i < limit && i < rows_.size(); ++i) {
            if (!hits.add(rows_[i], query[0] + min_score, "payload")) return;
        }
    }
    void erase(Call, std::string_view, std::string_view) override { rows_.clear(); }
    void sweep(Call) override { throw std::logic_error("a bug"); }

private:
    std::vector<std::string> rows_;
};

TEST(VectorStoreTable, CarriesVectorsAndHits) {
    const Instance<FlatStore> store;
    const FakeCall call;
    const float numbers[] = {0.5F, 1.0F, 2.0F};
    const auto upsert = [&](std::uint32_t dim) {
        return store.table().upsert(store.self(), call.abi(), str("s"), str("k"), {numbers, dim},
                                    str("p"), 0);
    };
    EXPECT_EQ(upsert(2), GM_OK);
    EXPECT_EQ(upsert(2), GM_OK);
    EXPECT_EQ(upsert(3), GM_INVALID);
    EXPECT_EQ(call.message(), "the dimension is 2");

    std::vector<std::string> found;
    gm_hits_t hits{};
    hits.size = sizeof hits;
    hits.host_data = &found;
    hits.add = [](const gm_hits_t* self, gm_str_t key, float score, gm_str_t) {
        auto& list = *static_cast<std::vector<std::string>*>(self->host_data);
        list.push_back(std::string(view(key)) + " " + std::to_string(score));
        return false;
    };
    EXPECT_EQ(
        store.table().search(store.self(), call.abi(), str("s"), {numbers, 2}, 9, 0.25F, &hits),
        GM_OK);
    EXPECT_EQ(found, std::vector<std::string>{"s/k=p 0.750000"});
    EXPECT_EQ(store.table().erase(store.self(), call.abi(), str("s"), str("k")), GM_OK);
    EXPECT_EQ(store.table().sweep(store.self(), call.abi()), GM_INTERNAL);
    EXPECT_EQ(call.message(), "unexpected std::logic_error");
}

class ListStorage final : public Storage {
public:
    static constexpr const char* kId = "storage.list";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "For tests";
    static constexpr const char* kSchema = kAnySchema;

    ListStorage(Host, const Config&) {}

    void ensure(Call, std::string_view schema) override { said_.emplace_back(schema); }
    void write(Call, std::string_view table, std::string_view rows, WriteMode mode) override {
        if (mode == WriteMode::kInsert) throw Error(GM_INVALID, "the key exists");
        said_.push_back(std::string(table) + std::string(rows));
    }
    void read(Call, std::string_view, Rows rows) override {
        for (const std::string& each : said_) {
            if (!rows.add(each)) return;
        }
    }
    std::uint64_t update(Call, std::string_view, std::string_view set) override {
        return set.size();
    }
    std::uint64_t erase(Call, std::string_view query) override { return query.size(); }

private:
    std::vector<std::string> said_;
};

TEST(StorageTable, CarriesRowsAndCounts) {
    const Instance<ListStorage> storage;
    const gm_storage_t& table = storage.table();
    const FakeCall call;
    EXPECT_EQ(table.ensure(storage.self(), call.abi(), str("{}")), GM_OK);
    EXPECT_EQ(table.write(storage.self(), call.abi(), str("t"), str("[]"), GM_WRITE_UPSERT), GM_OK);
    EXPECT_EQ(table.write(storage.self(), call.abi(), str("t"), str("[]"), GM_WRITE_INSERT),
              GM_INVALID);
    std::vector<std::string> found;
    gm_rows_t rows{};
    rows.size = sizeof rows;
    rows.host_data = &found;
    rows.add = [](const gm_rows_t* self, gm_str_t json) {
        static_cast<std::vector<std::string>*>(self->host_data)->emplace_back(view(json));
        return true;
    };
    EXPECT_EQ(table.read(storage.self(), call.abi(), str("{}"), &rows), GM_OK);
    EXPECT_EQ(found, (std::vector<std::string>{"{}", "t[]"}));
    std::uint64_t changed = 0;
    EXPECT_EQ(table.update(storage.self(), call.abi(), str("q"), str("set"), &changed), GM_OK);
    EXPECT_EQ(changed, 3u);
    EXPECT_EQ(table.erase(storage.self(), call.abi(), str("query"), &changed), GM_OK);
    EXPECT_EQ(changed, 5u);
}

class Shouting final : public Watch {
public:
    Verdict request(Call, std::string_view messages, Sink out) override {
        out.write(0, std::string(messages) + "!");
        return Verdict::kRewrite;
    }
    Verdict response(Call call, std::string_view text, bool last, Sink) override {
        if (text == "bad") {
            call.explain("not that word");
            return Verdict::kBlock;
        }
        return last ? Verdict::kPass : Verdict::kHold;
    }
};

class Shout final : public Guardrail {
public:
    static constexpr const char* kId = "guardrail.shout";
    static constexpr const char* kVersion = "1.0.0";
    static constexpr const char* kSummary = "For tests";
    static constexpr const char* kSchema = kAnySchema;
    static constexpr std::uint64_t kFlags = GM_GUARD_REQUEST | GM_GUARD_RESPONSE;

    Shout(Host, const Config&) {}

    std::unique_ptr<Watch> open(Call, Op op) override {
        if (op.kind() != GM_CAN_CHAT) return nullptr;
        return std::make_unique<Shouting>();
    }
};

TEST(GuardrailTable, CarriesVerdicts) {
    const Instance<Shout> guardrail;
    const gm_guardrail_t& table = guardrail.table();
    const FakeCall call;
    gm_op_t op{};
    op.size = sizeof op;
    op.kind = GM_CAN_EMBED;
    void* watch = nullptr;
    EXPECT_EQ(table.open(guardrail.self(), call.abi(), &op, &watch), GM_UNSUPPORTED);
    op.kind = GM_CAN_CHAT;
    ASSERT_EQ(table.open(guardrail.self(), call.abi(), &op, &watch), GM_OK);
    const RecordingSink sink;
    std::uint32_t verdict = 99;
    EXPECT_EQ(table.request(watch, call.abi(), str("[]"), sink.abi(), &verdict), GM_OK);
    EXPECT_EQ(verdict, std::uint32_t{GM_REWRITE});
    EXPECT_EQ(sink.text(), "[]!");
    EXPECT_EQ(table.response(watch, call.abi(), str("a"), false, sink.abi(), &verdict), GM_OK);
    EXPECT_EQ(verdict, std::uint32_t{GM_HOLD});
    EXPECT_EQ(table.response(watch, call.abi(), str("bad"), true, sink.abi(), &verdict), GM_OK);
    EXPECT_EQ(verdict, std::uint32_t{GM_BLOCK});
    EXPECT_EQ(call.message(), "not that word");
    table.close(watch);
}

TEST(ModuleDescriptor, ListsItsPlugins) {
    constexpr gm_module_t kModule = Module<MapCache, Shout>::describe("both 1.0.0");
    EXPECT_EQ(kModule.size, sizeof(gm_module_t));
    EXPECT_EQ(kModule.abi_major, GM_ABI_MAJOR);
    EXPECT_EQ(kModule.plugin_count, 2u);
    EXPECT_STREQ(kModule.plugins[0]->id, "cache.map");
    EXPECT_STREQ(kModule.plugins[1]->id, "guardrail.shout");
    EXPECT_EQ(kModule.plugins[1]->flags, Shout::kFlags);
    EXPECT_EQ(kModule.init, nullptr);
}

}  // namespace
}  // namespace gomodel
