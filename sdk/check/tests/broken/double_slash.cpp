// Does not expect a slash at the end of the base URL.
#include "../good_provider.hpp"

class Odd final : public GoodProvider {
public:
    Odd(gomodel::Host host, const gomodel::Config& config) : GoodProvider(host, config) {
        base_url_ = config.text("base_url");
    }
};

GM_MODULE("broken 1.0.0", Odd);
