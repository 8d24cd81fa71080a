// Loads the modules that plugin-check's own tests are made of: good ones, and ones that break the
// contract in one way each.

#include "plugin/module.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "plugin/call.hpp"
#include "plugin/control_thread.hpp"
#include "plugin/instance.hpp"
#include "plugin/registry.hpp"
#include "support/captured_log.hpp"
#include "support/temp_folder.hpp"

namespace gomodel::plugin {
namespace {

namespace fs = std::filesystem;

fs::path module_file(const std::string& name) {
    return fs::path(TEST_MODULES) / (name + ".so");
}

std::string refusal(const std::string& name) {
    const auto module = Module::load(module_file(name), {});
    return module.ok() ? "accepted" : module.error().message;
}

bool mapped(const fs::path& file) {
    std::ifstream maps("/proc/self/maps");
    std::stringstream text;
    text << maps.rdbuf();
    return text.str().find(file.filename().string()) != std::string::npos;
}

TEST(Module, RefusesAnotherMajorVersionNamingBothAndTheRemedy) {
    const std::string message = refusal("wrong_major");
    EXPECT_NE(message.find(module_file("wrong_major").string()), std::string::npos) << message;
    EXPECT_NE(message.find("this gateway speaks 1.0"), std::string::npos) << message;
    EXPECT_NE(message.find("upgrade the gateway"), std::string::npos) << message;
}

TEST(Module, RefusesOneThatNeedsANewerHost) {
    const std::string message = refusal("needs_newer_host");
    EXPECT_NE(message.find("or newer"), std::string::npos) << message;
    EXPECT_NE(message.find("upgrade the gateway"), std::string::npos) << message;
}

TEST(Module, RefusesIncompleteDescriptors) {
    EXPECT_NE(refusal("no_size"), "accepted");
}

TEST(Module, RefusesWhatIsNoPlugin) {
    tests::TempFolder folder;
    const fs::path text = folder.write("text.so", "not a library");
    EXPECT_NE(Module::load(text, {}).error().message.find("cannot be loaded"), std::string::npos);
    const fs::path missing = folder.path() / "missing.so";
    EXPECT_NE(Module::load(missing, {}).error().message.find("cannot read"), std::string::npos);
}

TEST(Module, PinnedHashMustMatch) {
    LoadOptions options;
    options.sha256 = std::string(64, '0');
    const auto refused = Module::load(module_file("good_cache"), options);
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message.find("plugins.sha256"), std::string::npos);
    const auto free = Module::load(module_file("good_cache"), {});
    ASSERT_TRUE(free.ok());
    options.sha256 = (*free)->sha256();
    EXPECT_TRUE(Module::load(module_file("good_cache"), options).ok());
}

TEST(Module, RunsAPrivateCopyAndLeavesNoneBehind) {
    tests::TempFolder folder;
    const fs::path file = folder.path() / "mine.so";
    fs::copy_file(module_file("good_cache"), file);
    LoadOptions options;
    options.run_dir = folder.path() / "run";
    const auto module = Module::load(file, options);
    ASSERT_TRUE(module.ok()) << module.error().message;
    std::ofstream(file, std::ios::trunc) << "overwritten while it runs";
    EXPECT_EQ((*module)->descriptor().plugin_count, 1u);
    EXPECT_TRUE(fs::is_empty(options.run_dir));
}

// Where others may write to plugins.run_dir (/tmp is the default), they could guess a copy's name.
TEST(Module, FollowsNoLinkThatWaitsForItsPrivateCopy) {
    tests::TempFolder folder;
    const fs::path victim = folder.write("victim", "precious");
    const std::string pid = std::to_string(::getpid());
    for (int i = 1; i <= 500; ++i) {
        const std::string name = "gomodel-" + pid + "-" + std::to_string(i) + "-good_cache.so";
        fs::create_symlink(victim, folder.path() / name);
    }
    LoadOptions options;
    options.run_dir = folder.path();
    const auto module = Module::load(module_file("good_cache"), options);
    ASSERT_TRUE(module.ok()) << module.error().message;
    std::string kept;
    std::ifstream in(victim);
    std::getline(in, kept);
    EXPECT_EQ(kept, "precious");
}

TEST(Module, SaysWhyAPrivateCopyCannotBeWritten) {
    tests::TempFolder folder;
    LoadOptions options;
    options.run_dir = folder.write("file", "not a folder");
    const auto module = Module::load(module_file("good_cache"), options);
    ASSERT_FALSE(module.ok());
    EXPECT_NE(module.error().message.find("plugins.run_dir"), std::string::npos);
    EXPECT_NE(module.error().message.find("Not a directory"), std::string::npos)
        << module.error().message;
}

TEST(Module, TwoCopiesOfAFileAreTwoModules) {
    const auto first = Module::load(module_file("good_cache"), {});
    const auto second = Module::load(module_file("good_cache"), {});
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_NE(&(*first)->descriptor(), &(*second)->descriptor());
}

TEST(Module, UnmapsWhenAskedTo) {
    tests::TempFolder folder;
    const fs::path file = folder.path() / "unmapped-when-done.so";
    fs::copy_file(module_file("good_cache"), file);
    LoadOptions options;
    options.unload = true;
    auto module = Module::load(file, options);
    ASSERT_TRUE(module.ok());
    EXPECT_TRUE(mapped(file));
    module = base::Error{};
    EXPECT_FALSE(mapped(file));
}

TEST(Scan, FindsPluginsWithoutLoadingThem) {
    tests::TempFolder folder;
    for (const char* name : {"good_cache", "wrong_major"}) {
        fs::copy_file(module_file(name), folder.path() / (std::string("scan-") + name + ".so"));
    }
    folder.write("broken.so", "not a library");
    folder.write("readme.txt", "no plugin");
    std::vector<std::string> problems;
    const auto files = scan({folder.path(), folder.path() / "missing"}, &problems);
    ASSERT_EQ(files.size(), 2u);
    EXPECT_EQ(files[0].filename(), "scan-good_cache.so");
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_NE(problems[0].find("broken.so"), std::string::npos);
    EXPECT_FALSE(mapped("scan-good_cache.so"));
}

TEST(Registry, SharesModulesWhoseFileIsTheSame) {
    tests::TempFolder folder;
    for (const char* name : {"good_cache", "good_provider", "wrong_major"}) {
        fs::copy_file(module_file(name), folder.path() / (std::string(name) + ".so"));
    }
    RegistryOptions options;
    options.folders = {folder.path()};
    std::vector<std::string> problems;
    const Registry first = Registry::load(options, &problems);
    EXPECT_EQ(first.refused(), problems);
    std::ofstream(folder.path() / "good_cache.so", std::ios::binary | std::ios::app) << "new build";
    const Registry second = Registry::load(options, &problems, &first);
    EXPECT_EQ(second.find("provider.good")->module, first.find("provider.good")->module);
    EXPECT_NE(second.find("cache.good")->module, first.find("cache.good")->module);
    EXPECT_EQ(second.modules().size(), 2u);
    EXPECT_EQ(second.refused(), first.refused());
}

TEST(Registry, TellsPinsThatNoFileHas) {
    tests::TempFolder folder;
    fs::copy_file(module_file("good_cache"), folder.path() / "libgood.so");
    RegistryOptions options;
    options.folders = {folder.path()};
    options.sha256 = {{"good.so", std::string(64, '0')}, {"libgood.so", std::string(64, '0')}};
    std::vector<std::string> problems;
    const Registry registry = Registry::load(options, &problems);
    EXPECT_EQ(registry.unused_pins(), std::vector<std::string>{"good.so"});
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_NE(problems[0].find("plugins.sha256 asks for"), std::string::npos) << problems[0];
}

TEST(Registry, KeepsTheGoodOnesAndReportsTheOthers) {
    tests::TempFolder folder;
    for (const char* name : {"good_cache", "good_provider", "wrong_major", "unknown_interface"}) {
        fs::copy_file(module_file(name), folder.path() / (std::string(name) + ".so"));
    }
    fs::copy_file(module_file("good_cache"), folder.path() / "z_same_again.so");
    RegistryOptions options;
    options.folders = {folder.path()};
    std::vector<std::string> problems;
    const Registry registry = Registry::load(options, &problems);
    EXPECT_EQ(registry.of(GM_CACHE).size(), 1u);
    EXPECT_EQ(registry.of(GM_PROVIDER).size(), 1u);
    ASSERT_EQ(problems.size(), 3u);
    EXPECT_NE(problems[0].find("does not know the interface"), std::string::npos) << problems[0];
    EXPECT_NE(problems[1].find("wrong_major.so"), std::string::npos) << problems[1];
    EXPECT_NE(problems[2].find("already provided by"), std::string::npos) << problems[2];
}

TEST(Instance, CreateFailureCarriesThePluginsExplanation) {
    const auto module = Module::load(module_file("refuses_defaults"), {});
    ASSERT_TRUE(module.ok()) << module.error().message;
    tests::CapturedLog log;
    const auto instance =
        Instance::create(*module, *(*module)->descriptor().plugins[0], "acme", R"({"name":"good"})",
                         log.log(), base::SteadyTime::max());
    ASSERT_FALSE(instance.ok());
    EXPECT_EQ(instance.error().code, base::Code::kInvalid);
    EXPECT_EQ(instance.error().message.find("acme: "), 0u) << instance.error().message;
    EXPECT_NE(instance.error().message.find("name is good"), std::string::npos);
}

TEST(Instance, AnswersThroughItsTable) {
    const auto module = Module::load(module_file("good_cache"), {});
    ASSERT_TRUE(module.ok());
    tests::CapturedLog log;
    const auto instance = Instance::create(*module, *(*module)->descriptor().plugins[0], "mine",
                                           "{}", log.log(), base::SteadyTime::max());
    ASSERT_TRUE(instance.ok()) << instance.error().message;
    const gm_cache_t& cache = (*instance)->cache();
    void* const self = (*instance)->self();
    const Call call;
    EXPECT_EQ(cache.put(self, call.get(), to_abi("key"), to_abi("value"), 0), GM_OK);
    std::string found;
    const gm_sink_t sink{sizeof(gm_sink_t), &found,
                         [](const gm_sink_t* to, std::uint32_t, gm_str_t bytes) {
                             static_cast<std::string*>(to->host_data)->append(from_abi(bytes));
                             return static_cast<gm_status_t>(GM_OK);
                         }};
    EXPECT_EQ(cache.get(self, call.get(), to_abi("key"), &sink), GM_OK);
    EXPECT_EQ(found, "value");
}

base::Result<std::shared_ptr<const Instance>> create_moody(const std::string& config,
                                                           base::Log& log, StuckCalls stuck) {
    const auto module = Module::load(TEST_MOODY, {"", "", true});
    EXPECT_TRUE(module.ok());
    return Instance::create(*module, *(*module)->descriptor().plugins[0], "mine", config, log,
                            std::chrono::steady_clock::now() + std::chrono::milliseconds(200),
                            std::move(stuck));
}

TEST(Instance, CreateThatThrowsThroughTheAbiIsAFailureLikeAnyOther) {
    tests::CapturedLog log;
    const auto instance = create_moody(R"({"on_create":"throw","until":""})", log.log(), nullptr);
    ASSERT_FALSE(instance.ok());
    EXPECT_NE(instance.error().message.find("it threw an exception"), std::string::npos);
    EXPECT_FALSE(mapped("moody.so"));
}

TEST(Instance, CreateInTimeWorksFromAnotherThread) {
    tests::CapturedLog log;
    const auto instance = create_moody(R"({"on_create":"work","until":""})", log.log(), nullptr);
    ASSERT_TRUE(instance.ok()) << instance.error().message;
    EXPECT_NE(log.text().find("moody was created"), std::string::npos);
}

TEST(Instance, CreateThatHangsIsLeftBehindAndWhatItMakesIsDestroyed) {
    const tests::TempFolder folder;
    const std::string until = (folder.path() / "release").string();
    const std::string config = R"({"on_create":"hang","until":")" + until + R"("})";
    const auto stuck = std::make_shared<std::atomic<int>>(0);
    {
        tests::CapturedLog log;  // gone before the call returns
        for (int i = 0; i < kMaxStuckCalls; ++i) {
            const auto instance = create_moody(config, log.log(), stuck);
            ASSERT_FALSE(instance.ok());
            EXPECT_EQ(instance.error().code, base::Code::kTimeout);
            EXPECT_NE(instance.error().message.find("did not return in time"), std::string::npos);
        }
        const auto one_more = create_moody(config, log.log(), stuck);
        ASSERT_FALSE(one_more.ok());
        EXPECT_NE(one_more.error().message.find("never returned"), std::string::npos);
    }
    EXPECT_EQ(*stuck, kMaxStuckCalls);
    EXPECT_TRUE(mapped("moody.so"));
    folder.write("release", "");
    while (*stuck != 0 || mapped("moody.so"))
        std::this_thread::yield();
}

TEST(ControlThread, OutlivesWorkThatThrows) {
    tests::CapturedLog log;
    ControlThread control(&log.log());
    control.post([] { throw std::bad_alloc(); });
    EXPECT_THROW(control.run([] { throw std::runtime_error("mine"); }), std::runtime_error);
    bool ran = false;
    control.run([&ran] { ran = true; });
    EXPECT_TRUE(ran);
    EXPECT_NE(log.text().find("bad_alloc"), std::string::npos) << log.text();
    EXPECT_EQ(log.text().find("mine"), std::string::npos) << log.text();
}

TEST(ControlThread, DestroysOnItselfWhoeverLetsGoLast) {
    struct Noted {
        explicit Noted(std::thread::id* into) : where(into) {}
        ~Noted() { *where = std::this_thread::get_id(); }
        std::thread::id* where;
    };
    std::thread::id destroyed_on;
    std::thread::id control_id;
    {
        ControlThread control;
        control.run([&] { control_id = std::this_thread::get_id(); });
        std::unique_ptr<const Noted> object = std::make_unique<const Noted>(&destroyed_on);
        std::shared_ptr<const Noted> shared = control.retire_here(std::move(object));
        std::thread([moved = std::move(shared)]() mutable { moved.reset(); }).join();
    }
    EXPECT_EQ(destroyed_on, control_id);
}

}  // namespace
}  // namespace gomodel::plugin
