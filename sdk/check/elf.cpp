#include "elf.hpp"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace gomodel::check {
namespace {

// A T at `offset` of the file. T is one of <elf.h>'s plain structs.
template <typename T>
T read(std::string_view file, std::uint64_t offset) {
    if (offset > file.size() || file.size() - offset < sizeof(T)) {
        throw std::runtime_error("the ELF file is cut short");
    }
    T value;
    std::memcpy(&value, file.data() + offset, sizeof value);
    return value;
}

std::string read_name(std::string_view file, std::uint64_t offset) {
    if (offset >= file.size()) throw std::runtime_error("the ELF file is cut short");
    const std::string_view rest = file.substr(offset);
    return std::string(rest.substr(0, rest.find('\0')));
}

Elf64_Ehdr read_header(std::string_view file) {
    const auto header = read<Elf64_Ehdr>(file, 0);
    const bool known = std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
                       header.e_ident[EI_CLASS] == ELFCLASS64 &&
                       header.e_ident[EI_DATA] == ELFDATA2LSB && header.e_type == ET_DYN;
    if (!known) throw std::runtime_error("not a 64-bit ELF shared library");
    return header;
}

Elf64_Shdr read_section(std::string_view file, const Elf64_Ehdr& header, std::uint64_t index) {
    if (index >= header.e_shnum) throw std::runtime_error("the ELF file is damaged");
    return read<Elf64_Shdr>(file, header.e_shoff + index * sizeof(Elf64_Shdr));
}

}  // namespace

std::vector<Symbol> dynamic_symbols(std::string_view file) {
    const Elf64_Ehdr header = read_header(file);
    std::vector<Symbol> symbols;
    for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
        const Elf64_Shdr section = read_section(file, header, i);
        if (section.sh_type != SHT_DYNSYM) continue;
        const Elf64_Shdr names = read_section(file, header, section.sh_link);
        // The first entry is always empty.
        for (std::uint64_t at = sizeof(Elf64_Sym); at < section.sh_size; at += sizeof(Elf64_Sym)) {
            const auto entry = read<Elf64_Sym>(file, section.sh_offset + at);
            if (ELF64_ST_BIND(entry.st_info) == STB_LOCAL) continue;
            symbols.push_back({read_name(file, names.sh_offset + entry.st_name),
                               entry.st_shndx != SHN_UNDEF,
                               ELF64_ST_BIND(entry.st_info) == STB_GNU_UNIQUE});
        }
        return symbols;
    }
    throw std::runtime_error("the ELF file has no dynamic symbols");
}

}  // namespace gomodel::check
