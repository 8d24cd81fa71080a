// Leaves the scheme out of its URLs.
#include "../good_provider.hpp"

class Odd final : public GoodProvider {
public:
    using GoodProvider::GoodProvider;

protected:
    std::string url(const gomodel::Op& op) override {
        return GoodProvider::url(op).substr(sizeof "https:" - 1);
    }
};

GM_MODULE("broken 1.0.0", Odd);
