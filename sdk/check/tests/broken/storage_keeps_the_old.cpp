// Takes upsert for ignore.
#include "../good_storage.hpp"

class Odd final : public GoodStorage {
public:
    using GoodStorage::GoodStorage;

    void write(gomodel::Call call, std::string_view table, std::string_view rows,
               gomodel::WriteMode mode) override {
        const bool upsert = mode == gomodel::WriteMode::kUpsert;
        GoodStorage::write(call, table, rows, upsert ? gomodel::WriteMode::kIgnore : mode);
    }
};

GM_MODULE("broken 1.0.0", Odd);
