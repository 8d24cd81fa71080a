// CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds what a torn or decayed write did to a file.
// Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace gomodel::base {

// The checksum of `bytes`; `crc`: of what came before them.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);
// The same for processors without an instruction for it.
std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace gomodel::base
