// One request's entry of the audit log on its way from the loop that served it to the recorder's
// thread, where it becomes a row. All that is done on the loop is to take what was copied anyway.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "gateway/recorder.hpp"
#include "net/exchange_copy.hpp"
#include "record/entry.hpp"
#include "record/redaction.hpp"

namespace gomodel::record {

class AuditEntry final : public Entry {
public:
    // Moves what record.exchange has away. `id`: a UUID. REQUIRES: record.wants_audit_entry().
    AuditEntry(const gateway::RequestRecord& record, std::string_view id);

    // Forgets the bodies, as if they had been too large.
    void drop_bodies();

    std::string_view table() const override;
    std::string row() const override;
    std::size_t size() const override { return exchange_.size(); }

private:
    void write_data(json::Out& out) const;

    net::ExchangeCopy exchange_;
    Redaction redaction_;
    base::WallTime began_;
    base::Duration duration_;
    base::Duration first_output_;
    std::string id_;
    std::string requested_model_;
    std::string resolved_model_;
    std::string provider_;
    std::string provider_name_;
    std::string cache_type_;
    std::string request_id_;
    std::string auth_key_id_;
    std::string auth_method_;
    std::string client_ip_;
    std::string method_;
    std::string path_;
    std::string query_;
    std::string user_path_;
    std::string user_agent_;
    std::string error_type_;
    std::string error_message_;
    std::string error_code_;
    int status_ = 0;
    gateway::EndCause cause_ = gateway::EndCause::kCompleted;
    bool alias_used_ = false;
    bool fallback_ = false;
    bool stream_ = false;
};

}  // namespace gomodel::record
