#include "probe.hpp"

#include <gomodel/abi.h>
#include <gomodel/testing/recording_sink.hpp>

#include "scenario.hpp"

namespace gomodel::check {
namespace {

void probe_cache(const gm_cache_t& table, void* self, std::vector<std::string>& said) {
    // Within its time, and late: the second is where a client says why it failed.
    for (const int seconds : {10, -1}) {
        testing::FakeCall call;
        call.expire_in(std::chrono::seconds(seconds));
        testing::RecordingSink sink;
        constexpr std::string_view kKey = "plugin-check:probe";
        table.put(self, call.abi(), str(kKey), str("value"), 1000);
        said.push_back(call.message());
        table.get(self, call.abi(), str(kKey), sink.abi());
        said.push_back(call.message());
        table.erase(self, call.abi(), str(kKey));
        said.push_back(call.message());
        said.push_back(sink.text());
    }
}

void probe_provider(Subject& subject, const gm_provider_t& table, void* self,
                    std::vector<std::string>& said) {
    for (const Scenario& scenario : scenarios_for(subject.plugin().flags)) {
        for (const std::uint32_t status : {200u, 401u, 500u}) {
            for (const char* const body : {"{}", "<html>"}) {
                const std::vector<testing::Response> answers(4, {status, {}, body});
                const auto seen = testing::run_exchange(table, self, scenario.op, answers);
                said.push_back(seen.message);
                for (const auto& output : seen.outputs)
                    said.push_back(output.bytes);
            }
        }
    }
}

}  // namespace

std::vector<std::string> probe(Subject& subject, const Instance& instance) {
    std::vector<std::string> said;
    const gm_plugin_t& plugin = subject.plugin();
    if (plugin.iface == std::string_view(GM_CACHE)) {
        probe_cache(*static_cast<const gm_cache_t*>(plugin.vtable), instance.self(), said);
    } else if (plugin.iface == std::string_view(GM_PROVIDER)) {
        probe_provider(subject, *static_cast<const gm_provider_t*>(plugin.vtable), instance.self(),
                       said);
    }
    return said;
}

}  // namespace gomodel::check
