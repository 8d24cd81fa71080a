// Reload safety of the seam: requests keep the generation they began with while others replace it.

#include "gateway/generation_store.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/captured_log.hpp"

namespace gomodel::gateway {
namespace {

class GenerationStoreTest : public testing::Test {
protected:
    ~GenerationStoreTest() override {
        control_.run([this] { store_.clear(); });
    }

    // A generation with one instance of a real plugin, freshly loaded.
    std::unique_ptr<Generation> make(std::uint64_t number, const std::string& name = "acme") {
        plugin::LoadOptions options;
        options.unload = true;
        const auto module = plugin::Module::load(TEST_PROVIDER, options);
        EXPECT_TRUE(module.ok()) << module.error().message;
        const auto instance =
            plugin::Instance::create(*module, *(*module)->descriptor().plugins[0], name, "{}",
                                     log_.log(), base::SteadyTime::max());
        EXPECT_TRUE(instance.ok()) << instance.error().message;
        auto generation = std::make_unique<Generation>();
        generation->number = number;
        generation->providers.push_back(std::make_shared<const Provider>(
            Provider{name, "echo", *instance, {{"m", nullptr, ""}}, {}}));
        return generation;
    }
    void publish(std::uint64_t number) {
        control_.run([&] { store_.publish(make(number)); });
    }
    std::shared_ptr<const Generation> current() const { return store_.current().get(); }

    tests::CapturedLog log_;
    plugin::ControlThread control_;
    GenerationStore store_{control_};
};

TEST_F(GenerationStoreTest, HeldGenerationWorksAfterItWasReplaced) {
    publish(1);
    const std::shared_ptr<const Generation> held = current();
    const std::weak_ptr<const plugin::Instance> old_instance = held->providers[0]->instance;
    for (std::uint64_t number = 2; number < 20; ++number)
        publish(number);
    EXPECT_EQ(current()->number, 19u);
    EXPECT_EQ(held->number, 1u);
    ASSERT_NE(held->catalog->find("acme/m"), nullptr);
    EXPECT_STREQ(held->catalog->find("m")->provider->instance->plugin().id, "provider.echo");
    EXPECT_FALSE(old_instance.expired());
}

TEST_F(GenerationStoreTest, LastHolderLetsItDieOnTheControlThread) {
    publish(1);
    std::shared_ptr<const Generation> held = current();
    const std::weak_ptr<const plugin::Instance> instance = held->providers[0]->instance;
    publish(2);
    EXPECT_FALSE(instance.expired());
    std::thread([moved = std::move(held)]() mutable { moved.reset(); }).join();
    control_.run([] {});  // whatever was posted has been done
    EXPECT_TRUE(instance.expired());
}

TEST_F(GenerationStoreTest, ReadersNeverSeeAHalfGenerationWhileItIsReplaced) {
    publish(1);
    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            std::uint64_t last = 0;
            while (!stop) {
                const std::shared_ptr<const Generation> now = current();
                const Model* const model = now->catalog->find("acme/m");
                const bool whole = model != nullptr && now->number >= last &&
                                   model->provider == now->providers[0].get() &&
                                   model->provider->instance->flags() != 0;
                if (!whole) ++wrong;
                last = now->number;
            }
        });
    }
    for (std::uint64_t number = 2; number < 40; ++number)
        publish(number);
    stop = true;
    for (std::thread& reader : readers)
        reader.join();
    EXPECT_EQ(wrong, 0);
}

TEST_F(GenerationStoreTest, ListedModelsReplaceConfiguredOnesAndSurviveARefresh) {
    publish(1);
    EXPECT_NE(current()->catalog->find("acme/m"), nullptr) << "configured, until it is asked";
    const std::shared_ptr<const Generation> before = current();
    control_.run([&] { store_.set_inventory("acme", {{{"listed", 5}}}); });
    EXPECT_EQ(current()->catalog->find("acme/m"), nullptr);
    EXPECT_EQ(current()->catalog->find("acme/listed")->created, 5);
    EXPECT_NE(before->catalog->find("acme/m"), nullptr) << "a running request sees no change";
    publish(2);
    EXPECT_NE(current()->catalog->find("acme/listed"), nullptr);
}

TEST_F(GenerationStoreTest, EmptyListingLeavesTheConfiguredModels) {
    publish(1);
    control_.run([&] { store_.set_inventory("acme", {}); });
    EXPECT_NE(current()->catalog->find("acme/m"), nullptr);
}

TEST_F(GenerationStoreTest, AllowlistKeepsToTheConfiguredModels) {
    control_.run([&] {
        auto generation = make(1);
        generation->settings.models.configured_provider_models_mode =
            config::ConfiguredModelsMode::kAllowlist;
        store_.publish(std::move(generation));
        store_.set_inventory("acme", {{{"m", 9}, {"other", 5}}});
    });
    EXPECT_EQ(current()->catalog->find("acme/m")->created, 9);
    EXPECT_EQ(current()->catalog->find("acme/other"), nullptr);
}

TEST_F(GenerationStoreTest, RestoresWhatAnEarlierRunKnew) {
    control_.run([&] {
        ModelCache cache;
        cache.providers["acme"] = {"echo", {{{"kept", 3, "someone"}}}};
        cache.providers["gone"] = {"echo", {{{"x", 1}}}};
        cache.providers["retyped"] = {"other", {{{"x", 1}}}};
        auto first = make(1);
        store_.restore(cache, *first);
        store_.publish(std::move(first));
        EXPECT_EQ(store_.cache().providers.size(), 1u);
        EXPECT_EQ(store_.cache().providers.at("acme"), cache.providers.at("acme"));
    });
    EXPECT_EQ(current()->catalog->find("acme/kept")->owned_by, "someone");
    EXPECT_EQ(current()->catalog->find("acme/m"), nullptr);
    const ListingStatus status = store_.listing_status().at("acme");
    EXPECT_TRUE(status.using_cached_models);
    EXPECT_FALSE(status.registry_initialized);
    EXPECT_EQ(status.discovered_model_count, 1u);
}

TEST_F(GenerationStoreTest, TellsHowListingsWent) {
    const base::WallTime early{std::chrono::seconds(100)};
    const base::WallTime late{std::chrono::seconds(200)};
    publish(1);
    EXPECT_FALSE(store_.listing_status().at("acme").last_model_fetch_at.has_value());
    control_.run([&] {
        store_.set_inventory("acme", {{{"a", 1}, {"b", 2}}}, early);
        store_.listing_failed("acme", "no route", late);
        store_.listing_failed("gone", "no route", late);
    });
    ListingStatus status = store_.listing_status().at("acme");
    EXPECT_EQ(store_.listing_status().size(), 1u);
    EXPECT_TRUE(status.registry_initialized);
    EXPECT_EQ(status.discovered_model_count, 2u) << "a failure takes no models away";
    EXPECT_EQ(status.last_model_fetch_at, late);
    EXPECT_EQ(status.last_model_fetch_success_at, early);
    EXPECT_EQ(status.last_model_fetch_error, "no route");
    control_.run([&] { store_.set_inventory("acme", {}, late); });
    status = store_.listing_status().at("acme");
    EXPECT_EQ(status.last_model_fetch_success_at, late);
    EXPECT_EQ(status.last_model_fetch_error, "the provider returned an empty model list");
}

TEST_F(GenerationStoreTest, ModelListIsKeptAcrossRefreshesAndComparedBeforeAnythingIsRebuilt) {
    publish(1);
    const std::string json = R"({"models":{"m":{"display_name":"M"}}})";
    control_.run([&] { store_.set_model_list(*ModelList::parse(json), json); });
    publish(2);
    ASSERT_NE(current()->catalog->find("acme/m")->metadata, nullptr);
    EXPECT_EQ(current()->catalog->find("acme/m")->metadata->display_name, "M");
    const std::shared_ptr<const Catalog> catalog = current()->catalog;
    const std::uint64_t revision = store_.revision();
    control_.run([&] { store_.set_model_list(*ModelList::parse(json), json); });
    EXPECT_EQ(current()->catalog, catalog);
    EXPECT_EQ(store_.revision(), revision);
}

}  // namespace
}  // namespace gomodel::gateway
