// An Ollama server: the OpenAI API below /v1, its own API below /api.
// https://github.com/ollama/ollama/blob/main/docs/openai.md
#include "embeddings.hpp"
#include "openai_compat/embedding_list.hpp"
#include "openai_compat/vendor.hpp"
#include "schema.json.hpp"

namespace {

constexpr openai_compat::Vendor kOllama = {
    .id = "provider.ollama",
    .summary = "An Ollama server",
    .schema = kSchemaJson,
    .can = GM_CAN_CHAT | GM_CAN_EMBED | GM_CAN_LIST_MODELS | GM_CAN_PASSTHROUGH | GM_CAN_STREAM,
    .request_id_header = "X-Request-ID",
};

class Ollama final : public openai_compat::VendorProvider<kOllama> {
public:
    Ollama(gomodel::Host host, const gomodel::Config& config)
        : VendorProvider(host, config), server_(server_of(base_url())) {}

protected:
    std::string_view url(const gomodel::Op& op, std::string& storage) const override {
        const std::string_view path = openai_compat::passthrough_path(op);
        if (op.kind() == GM_CAN_EMBED) return storage = server_ + "/api/embed";
        if (op.kind() == GM_CAN_PASSTHROUGH && openai_compat::is_below(path, "api")) {
            return storage.append(server_).append("/").append(path);
        }
        return Provider::url(op, storage);
    }

    bool edit_body(const gomodel::Op& op, std::string& body) const override {
        if (op.kind() != GM_CAN_EMBED) return false;
        body = ollama::embed_request(op.body());
        return !body.empty();
    }

    openai_compat::Translation translation(const gomodel::Op& op) const override {
        if (op.kind() != GM_CAN_EMBED) return {};
        return [base64 = openai_compat::wants_base64(op.body())](std::string_view answer,
                                                                 gomodel::Sink out) {
            out.write(GM_OUT_BODY, ollama::embedding_list(answer, base64));
        };
    }

private:
    // The base URL without a final /v1.
    static std::string server_of(std::string url) {
        if (url.ends_with("/v1")) url.resize(url.size() - 3);
        return openai_compat::without_slash(std::move(url));
    }

    const std::string server_;
};

}  // namespace

GM_MODULE("gomodel-ollama 1.0.0", Ollama);
