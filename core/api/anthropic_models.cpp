#include "api/anthropic_models.hpp"

#include <gomodel/json_out.hpp>

#include <chrono>

#include "admin/json_time.hpp"
#include "base/utf8.hpp"

namespace gomodel::api {
namespace {

using json::Out;

void write_anthropic_model(const ListedModel& listed, Out& out) {
    const base::WallTime created{std::chrono::seconds(listed.model->created)};
    out.begin_object().member("type", "model");
    out.member("id", base::replace_invalid_utf8(listed.id));
    out.member("display_name", base::replace_invalid_utf8(listed.model->id));
    out.member("created_at", admin::json_time(created)).end_object();
}

void write_id(std::string_view name, const ListedModel& model, Out& out) {
    out.member(name, base::replace_invalid_utf8(model.id));
}

}  // namespace

std::string anthropic_model_list(const std::vector<ListedModel>& models) {
    Out out;
    out.begin_object().key("data").begin_array();
    for (const ListedModel& model : models)
        write_anthropic_model(model, out);
    out.end_array().raw_member("has_more", "false");
    if (models.empty()) {
        out.raw_member("first_id", "null").raw_member("last_id", "null");
    } else {
        write_id("first_id", models.front(), out);
        write_id("last_id", models.back(), out);
    }
    out.end_object();
    return out.text();
}

std::string anthropic_model(const ListedModel& model) {
    Out out;
    write_anthropic_model(model, out);
    return out.text();
}

}  // namespace gomodel::api
