#include "admin/conversation.hpp"

#include <gomodel/json_tree.hpp>

#include <algorithm>
#include <set>

#include "admin/audit_query.hpp"

namespace gomodel::admin {
namespace {

constexpr std::size_t kMostLinks = 500;  // of a query

// What of a row this is about.
struct Links {
    explicit Links(const std::string& row) {
        const json::Tree tree(row);
        const json::Node data = tree.root()["data"];
        id = tree.root()["id"].text();
        timestamp = tree.root()["timestamp"].text();
        response = data["response_body"]["id"].text();
        previous = data["request_body"]["previous_response_id"].text();
        thread = data["thread"]["self"].text();
        parent = data["thread"]["parent"].text();
    }

    std::string id;
    std::string timestamp;
    std::string response;  // and who goes on from it says so in `previous`
    std::string previous;
    std::string thread;  // the same in `parent`
    std::string parent;
};

class Search {
public:
    Search(record::Storage& storage, std::size_t limit) : storage_(storage), limit_(limit) {}

    base::Result<std::vector<std::string>> run(const std::string& anchor) {
        look({{"id"}, {anchor}, {}, false, 1});
        if (!found_.empty()) {
            walk_back();
            walk_on();
        }
        if (!status_.ok()) return status_.error();
        std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
            return a.links.timestamp < b.links.timestamp;
        });
        std::vector<std::string> rows;
        for (Found& one : found_)
            rows.push_back(std::move(one.row));
        return rows;
    }

private:
    struct Found {
        std::string row;
        Links links;
    };

    bool full() const { return found_.size() >= limit_ || !status_.ok(); }

    // Takes what is new of what the query finds.
    void look(const AuditLookup& lookup) {
        status_ = storage_.read(audit_lookup_query(lookup), [this](std::string_view text) {
            std::string row(text);
            Links links(row);
            if (ids_.insert(links.id).second) found_.push_back({std::move(row), std::move(links)});
            return !full();
        });
    }

    void walk_back() {
        for (std::size_t at = 0; !full();) {
            const Links child = found_[at].links;
            const std::size_t before = found_.size();
            if (!child.previous.empty()) {
                look({{"data", "response_body", "id"}, {child.previous}, child.timestamp, true, 1});
            } else if (!child.parent.empty()) {
                look({{"data", "thread", "self"}, {child.parent}, child.timestamp, true, 1});
            }
            if (found_.size() == before) return;
            at = before;
        }
    }

    // In breadth: those that go on from the anchor, then those that go on from these.
    void walk_on() {
        std::vector<Links> parents{found_[0].links};
        while (!parents.empty() && !full()) {
            const std::size_t before = found_.size();
            std::vector<std::string> responses;
            std::vector<std::string> threads;
            for (const Links& parent : parents) {
                if (!parent.response.empty()) responses.push_back(parent.response);
                if (!parent.thread.empty()) threads.push_back(parent.thread);
            }
            look_on({"data", "request_body", "previous_response_id"}, responses);
            look_on({"data", "thread", "parent"}, threads);
            parents.clear();
            for (std::size_t at = before; at < found_.size(); ++at)
                parents.push_back(found_[at].links);
        }
    }

    void look_on(std::vector<std::string> path, std::vector<std::string> values) {
        if (values.empty() || full()) return;
        values.resize(std::min(values.size(), kMostLinks));
        look({std::move(path), std::move(values), {}, false, static_cast<std::int64_t>(limit_)});
    }

    record::Storage& storage_;
    const std::size_t limit_;
    base::Status status_;
    std::vector<Found> found_;
    std::set<std::string> ids_;
};

}  // namespace

base::Result<std::vector<std::string>> find_conversation(record::Storage& storage,
                                                         const std::string& anchor,
                                                         std::size_t limit) {
    return Search(storage, limit).run(anchor);
}

}  // namespace gomodel::admin
