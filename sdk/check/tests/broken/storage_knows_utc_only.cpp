// Groups by the days of Greenwich.
#include "../good_storage.hpp"

class Odd final : public GoodStorage {
public:
    using GoodStorage::GoodStorage;

    void read(gomodel::Call call, std::string_view query, gomodel::Rows rows) override {
        GoodStorage::read(call, replaced(query, "America/New_York", "UTC"), rows);
    }
};

GM_MODULE("broken 1.0.0", Odd);
