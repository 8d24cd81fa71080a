#include "record/audit_schema.hpp"

namespace gomodel::record {

// Names and types are those of older gateways, whose databases are opened as they are. Texts that
// are indexed are kept short by AuditEntry; so are the members of `data`.
std::string_view audit_schema() {
    return R"({"table":"audit_logs","columns":[
{"name":"id","type":"text","as":"uuid"},
{"name":"timestamp","type":"time","null":false},
{"name":"duration_ns","type":"int","default":0},
{"name":"requested_model","type":"text","was":["model"]},
{"name":"resolved_model","type":"text"},
{"name":"provider","type":"text"},
{"name":"provider_name","type":"text"},
{"name":"alias_used","type":"bool","default":false},
{"name":"workflow_version_id","type":"text"},
{"name":"cache_type","type":"text"},
{"name":"status_code","type":"int","default":0},
{"name":"request_id","type":"text"},
{"name":"auth_key_id","type":"text"},
{"name":"auth_method","type":"text"},
{"name":"client_ip","type":"text"},
{"name":"method","type":"text"},
{"name":"path","type":"text"},
{"name":"user_path","type":"text"},
{"name":"stream","type":"bool","default":false},
{"name":"error_type","type":"text"},
{"name":"data","type":"json"}],
"key":["id"],"indexes":[
{"columns":["timestamp"],"name":"idx_audit_timestamp"},
{"columns":["requested_model"],"name":"idx_audit_requested_model"},
{"columns":["status_code"],"name":"idx_audit_status"},
{"columns":["provider"],"name":"idx_audit_provider"},
{"columns":["provider_name"],"name":"idx_audit_provider_name"},
{"columns":["workflow_version_id"],"name":"idx_audit_workflow_version_id"},
{"columns":["request_id"],"name":"idx_audit_request_id"},
{"columns":["auth_key_id"],"name":"idx_audit_auth_key_id"},
{"columns":["client_ip"],"name":"idx_audit_client_ip"},
{"columns":["path"],"name":"idx_audit_path"},
{"columns":["user_path"],"name":"idx_audit_user_path"},
{"columns":["error_type"],"name":"idx_audit_error_type"},
{"columns":[{"json":"data","path":["response_body","id"]}],"name":"idx_audit_response_id"},
{"columns":[{"json":"data","path":["request_body","previous_response_id"]}],
"name":"idx_audit_previous_response_id"},
{"columns":[{"json":"data","path":["thread","self"]}],"name":"idx_audit_thread"},
{"columns":[{"json":"data","path":["thread","parent"]}],"name":"idx_audit_thread_parent"}]})";
}

}  // namespace gomodel::record
