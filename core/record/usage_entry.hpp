// One request's usage on its way from the loop that served it to the recorder's thread, where it
// becomes a row of the usage table. Made on a loop, then owned by one thread at a time; it never
// moves, so its views into its own text stay good.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "gateway/model_metadata.hpp"
#include "gateway/recorder.hpp"
#include "plugin/schema.hpp"
#include "record/entry.hpp"
#include "record/usage_extras.hpp"

namespace gomodel::record {

class UsageEntry final : public Entry {
public:
    // REQUIRES: record.wants_usage_row(). `id`: a UUID.
    UsageEntry(const gateway::RequestRecord& record, std::string_view id, base::WallTime when);

    std::string_view table() const override;
    std::string row() const override;

private:
    std::string_view keep(std::string_view text, std::size_t limit);
    std::string raw_data(const UsageExtras& extras) const;

    std::string text_;
    base::WallTime when_;
    std::string_view id_;
    std::string_view request_id_;
    std::string_view provider_id_;
    std::string_view model_;
    std::string_view model_id_;  // what was asked for, where the answer names another; else empty
    std::string_view provider_;
    std::string_view provider_name_;
    std::string_view endpoint_;
    std::string_view user_path_;
    std::string_view cache_type_;
    std::string_view auth_key_id_;
    std::string_view raw_usage_;
    std::int64_t input_tokens_ = 0;
    std::int64_t output_tokens_ = 0;
    std::int64_t total_tokens_ = 0;
    bool counted_ = false;  // the tokens are known or estimated
    bool estimated_ = false;
    bool stream_ = false;
    base::Duration duration_;
    int status_ = 0;
    gateway::EndCause cause_ = gateway::EndCause::kCompleted;
    std::shared_ptr<const gateway::Pricing> pricing_;  // null: unknown
    std::shared_ptr<const std::vector<plugin::UsageField>> usage_fields_;
};

// The schema of the usage table, as the storage interface wants it.
std::string_view usage_schema();
inline constexpr std::string_view kUsageTable = "usage";
// The member of raw_data with the id of the model that was asked, where the row's is another.
inline constexpr std::string_view kModelId = "model_id";

// "2026-02-17T10:00:00.123400000Z": sorts as text.
std::string storage_time(base::WallTime time);

}  // namespace gomodel::record
