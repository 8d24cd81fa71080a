// Begins each page but the first one row late.
#include "../good_storage.hpp"

class Odd final : public GoodStorage {
public:
    using GoodStorage::GoodStorage;

    void read(gomodel::Call call, std::string_view query, gomodel::Rows rows) override {
        std::string late = replaced(query, "\"offset\":7", "\"offset\":8");
        GoodStorage::read(call, late, rows);
    }
};

GM_MODULE("broken 1.0.0", Odd);
