// Whatever a change of files looks like, it happens in a folder that is watched.

#include "gateway/watch_folders.hpp"

#include <gmock/gmock.h>

#include "support/temp_folder.hpp"

namespace gomodel::gateway {
namespace {

namespace fs = std::filesystem;
using testing::UnorderedElementsAre;

class WatchFolders : public testing::Test {
protected:
    WatchFolders() : root_(fs::canonical(folder_.path())) {}

    tests::TempFolder folder_;
    const fs::path root_;
};

TEST_F(WatchFolders, APlainFileIsWatchedByItsFolder) {
    EXPECT_THAT(watch_folders(folder_.write("config.yaml", "")), UnorderedElementsAre(root_));
    EXPECT_THAT(watch_folders(root_ / "." / "missing.yaml"), UnorderedElementsAre(root_));
}

TEST_F(WatchFolders, AMissingFolderIsAwaitedWhereItWouldAppear) {
    EXPECT_THAT(watch_folders(root_ / "not" / "yet" / "config.yaml"), UnorderedElementsAre(root_));
}

TEST_F(WatchFolders, EveryLinkOnTheWayIsWatched) {
    fs::create_directories(root_ / "mount" / "..1");
    folder_.write("mount/..1/config.yaml", "");
    fs::create_symlink("..1", root_ / "mount" / "..data");
    fs::create_symlink("..data/config.yaml", root_ / "mount" / "config.yaml");
    EXPECT_THAT(watch_folders(root_ / "mount" / "config.yaml"),
                UnorderedElementsAre(root_ / "mount", root_ / "mount" / "..1"));

    fs::create_directories(root_ / "etc");
    fs::create_symlink(root_ / "mount" / "config.yaml", root_ / "etc" / "config.yaml");
    EXPECT_THAT(watch_folders(root_ / "etc" / ".." / "etc" / "config.yaml"),
                UnorderedElementsAre(root_ / "etc", root_ / "mount", root_ / "mount" / "..1"));
}

TEST_F(WatchFolders, LinksInACircleEnd) {
    fs::create_symlink("b", root_ / "a");
    fs::create_symlink("a", root_ / "b");
    EXPECT_THAT(watch_folders(root_ / "a"), UnorderedElementsAre(root_));
}

TEST_F(WatchFolders, PluginsAreWatchedWhereTheyLieAndWhereTheyAreLinked) {
    fs::create_directories(root_ / "releases" / "5");
    fs::create_directories(root_ / "shared");
    folder_.write("shared/a.so", "");
    fs::create_symlink(root_ / "shared" / "a.so", root_ / "releases" / "5" / "a.so");
    fs::create_symlink("releases/5", root_ / "current");
    const InputFiles inputs{{root_ / "config.yaml"}, {root_ / "current"}};
    EXPECT_THAT(watch_folders(inputs, false, true),
                UnorderedElementsAre(root_, root_ / "releases" / "5", root_ / "shared"));
    EXPECT_THAT(watch_folders(inputs, true, false), UnorderedElementsAre(root_));
    EXPECT_THAT(watch_folders(inputs, false, false), UnorderedElementsAre());
}

}  // namespace
}  // namespace gomodel::gateway
