// Writes each row in a transaction of its own.
#include "../good_storage.hpp"

class Odd final : public GoodStorage {
public:
    using GoodStorage::GoodStorage;

    void write(gomodel::Call call, std::string_view table, std::string_view rows,
               gomodel::WriteMode mode) override {
        gomodel::json::Array each(rows);
        while (const auto row = each.next())
            GoodStorage::write(call, table, "[" + std::string(*row) + "]", mode);
    }
};

GM_MODULE("broken 1.0.0", Odd);
