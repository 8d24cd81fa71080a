// Fails when a table it knows is ensured again.
#include "../good_storage.hpp"

class Odd final : public GoodStorage {
public:
    using GoodStorage::GoodStorage;

    void ensure(gomodel::Call call, std::string_view schema) override {
        if (ensured_) throw gomodel::Error(GM_INTERNAL, "the table exists");
        GoodStorage::ensure(call, schema);
        ensured_ = true;
    }

private:
    bool ensured_ = false;
};

GM_MODULE("broken 1.0.0", Odd);
