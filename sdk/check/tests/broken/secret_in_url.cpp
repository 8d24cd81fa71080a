// Sends the key in the URL.
#include "../good_provider.hpp"

class Odd final : public GoodProvider {
public:
    using GoodProvider::GoodProvider;

protected:
    std::string url(const gomodel::Op& op) override {
        return GoodProvider::url(op) + "?key=" + api_key_;
    }
};

GM_MODULE("broken 1.0.0", Odd);
