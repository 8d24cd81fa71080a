#include "gateway/stand_ins.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace gomodel::gateway {
namespace {

constexpr std::string_view kWritesText = "text_generation";
// The rankings that say most about a model, best first.
constexpr const char* kPreferred[] = {"chatbot_arena", "chatbot_arena_coding", "chatbot_arena_math",
                                      "chatbot_arena_creative_writing", "chatbot_arena_vision"};

bool usable(const Ranking& ranking) {
    return ranking.elo.has_value() || ranking.rank.has_value();
}

const Ranking* ranking_of(const ModelMetadata& metadata, const std::string& name) {
    const auto found = metadata.rankings.find(name);
    return found != metadata.rankings.end() && usable(found->second) ? &found->second : nullptr;
}

// The ranking that `metadata` is compared in; empty: there is none.
std::string ranking_to_compare(const ModelMetadata& metadata) {
    for (const char* const name : kPreferred) {
        if (ranking_of(metadata, name) != nullptr) return name;
    }
    for (const auto& [name, ranking] : metadata.rankings) {
        if (usable(ranking)) return name;
    }
    return {};
}

bool writes_text(const ModelMetadata& metadata) {
    const auto& all = metadata.categories;
    return std::find(all.begin(), all.end(), kWritesText) != all.end();
}

std::size_t in_common(const ModelMetadata& left, const ModelMetadata& right) {
    return static_cast<std::size_t>(std::count_if(
        left.capabilities.begin(), left.capabilities.end(), [&right](const auto& capability) {
            const auto found = right.capabilities.find(capability.first);
            return capability.second && found != right.capabilities.end() && found->second;
        }));
}

// How far apart two are; unknown is further than any distance.
template <typename T>
double distance(const std::optional<T>& left, const std::optional<T>& right) {
    if (!left.has_value() || !right.has_value()) return std::numeric_limits<double>::infinity();
    return std::abs(static_cast<double>(*left) - static_cast<double>(*right));
}

struct Candidate {
    const Model* model = nullptr;
    bool same_id = false;
    bool same_family = false;
    double elo = std::numeric_limits<double>::infinity();   // distance
    double rank = std::numeric_limits<double>::infinity();  // distance
    std::size_t abilities = 0;                              // that both have

    bool operator<(const Candidate& other) const {
        const auto key = [](const Candidate& it) {
            return std::tuple(!it.same_id, !it.same_family, it.elo, it.rank);
        };
        const auto left = key(*this), right = key(other);
        if (left != right) return left < right;
        if (abilities != other.abilities) return abilities > other.abilities;
        return model->selector < other.model->selector;
    }
};

// What of a model counts when others are compared with it.
class Likeness {
public:
    explicit Likeness(const Model& source) : source_(source) {
        if (source.metadata == nullptr || !writes_text(*source.metadata)) return;
        name_ = ranking_to_compare(*source.metadata);
        if (!name_.empty()) ranking_ = ranking_of(*source.metadata, name_);
    }

    // nullopt: it is no stand-in.
    std::optional<Candidate> measure(const Model& model) const {
        if (&model == &source_) return std::nullopt;
        Candidate candidate;
        candidate.model = &model;
        candidate.same_id = model.id == source_.id;
        const Ranking* const ranking = comparable(model);
        if (ranking == nullptr) {
            return candidate.same_id ? std::optional(candidate) : std::nullopt;
        }
        const ModelMetadata& own = *source_.metadata;
        candidate.same_family = !own.family.empty() && own.family == model.metadata->family;
        candidate.elo = distance(ranking_->elo, ranking->elo);
        candidate.rank = distance(ranking_->rank, ranking->rank);
        candidate.abilities = in_common(own, *model.metadata);
        return candidate;
    }

private:
    // Where `model` stands in the source's ranking; nullptr: it cannot be compared.
    const Ranking* comparable(const Model& model) const {
        if (ranking_ == nullptr || model.metadata == nullptr) return nullptr;
        return writes_text(*model.metadata) ? ranking_of(*model.metadata, name_) : nullptr;
    }

    const Model& source_;
    std::string name_;
    const Ranking* ranking_ = nullptr;
};

}  // namespace

std::vector<const Model*> stand_ins(const Catalog& catalog, const Model& source) {
    const Likeness likeness(source);
    std::vector<Candidate> candidates;
    for (const auto& model : catalog.models()) {
        if (const auto candidate = likeness.measure(*model)) candidates.push_back(*candidate);
    }
    std::sort(candidates.begin(), candidates.end());
    std::vector<const Model*> sorted;
    sorted.reserve(candidates.size());
    for (const Candidate& candidate : candidates)
        sorted.push_back(candidate.model);
    return sorted;
}

}  // namespace gomodel::gateway
