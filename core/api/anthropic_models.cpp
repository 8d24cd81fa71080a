#include "api/anthropic_models.hpp"

#include <gomodel/json_out.hpp>

#include <chrono>

#include "admin/json_time.hpp"
#include "base/utf8.hpp"

namespace gomodel::api {
namespace {

using json::Out;

void write_model(const gateway::Model& model, Out& out) {
    const base::WallTime created{std::chrono::seconds(model.created)};
    out.begin_object().member("type", "model");
    out.member("id", base::replace_invalid_utf8(model.selector));
    out.member("display_name", base::replace_invalid_utf8(model.id));
    out.member("created_at", admin::json_time(created)).end_object();
}

void write_id(std::string_view name, const gateway::Model& model, Out& out) {
    out.member(name, base::replace_invalid_utf8(model.selector));
}

}  // namespace

std::string anthropic_model_list(const gateway::Catalog& catalog) {
    const auto& models = catalog.models();
    Out out;
    out.begin_object().key("data").begin_array();
    for (const auto& model : models)
        write_model(*model, out);
    out.end_array().raw_member("has_more", "false");
    if (models.empty()) {
        out.raw_member("first_id", "null").raw_member("last_id", "null");
    } else {
        write_id("first_id", *models.front(), out);
        write_id("last_id", *models.back(), out);
    }
    out.end_object();
    return out.text();
}

std::string anthropic_model(const gateway::Model& model) {
    Out out;
    write_model(model, out);
    return out.text();
}

}  // namespace gomodel::api
