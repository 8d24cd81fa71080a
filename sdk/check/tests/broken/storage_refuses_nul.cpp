// Does not take a text with NUL.
#include "../good_storage.hpp"

class Odd final : public GoodStorage {
public:
    using GoodStorage::GoodStorage;

    void write(gomodel::Call call, std::string_view table, std::string_view rows,
               gomodel::WriteMode mode) override {
        if (rows.find("\\u0000") != std::string_view::npos) {
            throw gomodel::Error(GM_INVALID, "text with NUL");
        }
        GoodStorage::write(call, table, rows, mode);
    }
};

GM_MODULE("broken 1.0.0", Odd);
