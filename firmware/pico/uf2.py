#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes a UF2 file of a linked image: uf2.py IMAGE.elf IMAGE.uf2

The boot ROM of the RP2040 starts nothing whose first 252 bytes do not agree
with the CRC-32 in the four bytes behind them (data sheet 2.8.1.3.1).  The
linker leaves that place empty; here it is filled, in the ELF file too, so that
both can be loaded.

A UF2 file is what one copies onto the drive BOOTSEL: blocks of 512 bytes, each
with 256 bytes of the image and the address where they belong.
"""

import struct
import sys

FLASH = 0x10000000
BOOT2_SIZE = 252
PAGE = 256
FAMILY_RP2040 = 0xe48bff56
FLAG_FAMILY = 0x2000
PT_LOAD = 1


def crc32(data):
    """The ROM's kind: most significant bit first, nothing inverted."""
    crc = 0xffffffff
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = crc << 1 ^ (0x04c11db7 if crc & 0x80000000 else 0)
            crc &= 0xffffffff
    return crc


def segments(elf):
    """Where the bytes of the flash are in an ELF file: (address, offset, n)."""
    if elf[:5] != b'\x7fELF\x01':
        sys.exit('not a 32-bit ELF file')
    start, = struct.unpack_from('<I', elf, 28)
    size, count = struct.unpack_from('<HH', elf, 42)
    for i in range(count):
        kind, offset, _, physical, n = struct.unpack_from(
            '<5I', elf, start + i * size)
        if kind == PT_LOAD and n > 0:
            yield physical, offset, n


def flash_image(elf):
    """The bytes from the start of the flash on."""
    image = bytearray()
    for address, offset, n in sorted(segments(elf)):
        at = address - FLASH
        if at < len(image):
            sys.exit(f'{address:#x}: overlaps or is not in the flash')
        image += b'\xff' * (at - len(image)) + elf[offset:offset + n]
    return image


def seal(elf):
    """Returns the ELF file with the checksum behind boot2."""
    for address, offset, n in segments(elf):
        if address == FLASH and n >= BOOT2_SIZE + 4:
            boot2 = elf[offset:offset + BOOT2_SIZE]
            end = offset + BOOT2_SIZE
            return (elf[:end] + struct.pack('<I', crc32(boot2)) +
                    elf[end + 4:])
    sys.exit('no boot2 at the start of the flash')


def uf2(image):
    """The blocks of a UF2 file."""
    image += b'\xff' * (-len(image) % PAGE)
    count = len(image) // PAGE
    for i in range(count):
        page = bytes(image[i * PAGE:(i + 1) * PAGE])
        yield struct.pack('<8I', 0x0a324655, 0x9e5d5157, FLAG_FAMILY,
                          FLASH + i * PAGE, PAGE, i, count, FAMILY_RP2040)
        yield page.ljust(476, b'\0')
        yield struct.pack('<I', 0x0ab16f30)


def main():
    elf_path, uf2_path = sys.argv[1:]
    with open(elf_path, 'rb') as file:
        elf = seal(file.read())
    with open(elf_path, 'wb') as file:
        file.write(elf)
    with open(uf2_path, 'wb') as file:
        file.writelines(uf2(flash_image(elf)))


if __name__ == '__main__':
    main()
