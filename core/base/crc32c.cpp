#include "base/crc32c.hpp"

#include <array>
#include <cstring>

namespace gomodel::base {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // reflected

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t rest = byte;
        for (int bit = 0; bit < 8; ++bit)
            rest = (rest >> 1) ^ ((rest & 1) != 0 ? kPolynomial : 0);
        table[byte] = rest;
    }
    return table;
}

constexpr std::array<std::uint32_t, 256> kTable = make_table();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::string_view bytes,
                                                               std::uint32_t crc) {
    std::uint64_t eight_at_once = ~crc;
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        eight_at_once = __builtin_ia32_crc32di(eight_at_once, word);
    }
    auto rest = static_cast<std::uint32_t>(eight_at_once);
    for (const char c : bytes)
        rest = __builtin_ia32_crc32qi(rest, static_cast<unsigned char>(c));
    return ~rest;
}

bool has_instruction() {
    static const bool has = __builtin_cpu_supports("sse4.2") != 0;
    return has;
}
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) {
#if defined(__x86_64__)
    if (has_instruction()) return by_instruction(bytes, crc);
#endif
    return crc32c_by_table(bytes, crc);
}

std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t crc) {
    crc = ~crc;
    for (const char c : bytes) {
        crc = kTable[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
    }
    return ~crc;
}

}  // namespace gomodel::base
