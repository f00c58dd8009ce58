#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Pico's image as a file: what the boot ROM and picotool will find."""

import os
import re
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../boards'))

from boards import FIRMWARE, make_firmware  # noqa: E402
from pico import IMAGE  # noqa: E402

ELF = os.path.join(FIRMWARE, 'pico-pinserver.elf')
FLASH = 0x10000000
FLASH_SIZE = 2 << 20
RAM, RAM_END = 0x20000000, 0x20042000
CACHE_SIZE = 16 << 10
IDS = {0x02031c86: 'name', 0x11a9bc3a: 'version', 0xb6a07c19: 'description',
       0xb63cffbb: 'board', 0x7f8882e1: 'boot2', 0x68f465de: 'end'}


class ImageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(IMAGE, 'rb') as file:
            cls.uf2 = file.read()
        cls.image = b''.join(cls.uf2[at + 32:at + 288]
                             for at in range(0, len(cls.uf2), 512))

    def word(self, address):
        return struct.unpack_from('<I', self.image, address - FLASH)[0]

    def string(self, address):
        at = address - FLASH
        return self.image[at:self.image.index(b'\0', at)].decode()

    def test_blocks(self):
        self.assertEqual(len(self.uf2) % 512, 0)
        count = len(self.uf2) // 512
        for i in range(count):
            block = self.uf2[i * 512:i * 512 + 512]
            self.assertEqual(
                struct.unpack_from('<8I', block),
                (0x0a324655, 0x9e5d5157, 0x2000, FLASH + 256 * i, 256, i,
                 count, 0xe48bff56))
            self.assertEqual(block[-4:], struct.pack('<I', 0x0ab16f30))
            self.assertEqual(block[288:508], bytes(220))

    def test_it_fits_into_the_cache(self):
        """boot2.S relies on it to be fast all the same."""
        self.assertLess(len(self.image), CACHE_SIZE)

    def test_boot2(self):
        """Its checksum, bit by bit, as the data sheet has it."""
        crc = 0xffffffff
        for byte in self.image[:252]:
            for bit in range(7, -1, -1):
                top = crc >> 31 ^ byte >> bit & 1
                crc = (crc << 1 & 0xffffffff) ^ (0x04c11db7 if top else 0)
        self.assertEqual(self.word(FLASH + 252), crc)

    def test_vectors(self):
        stack, start, *handlers = struct.unpack_from('<48I', self.image, 256)
        self.assertTrue(RAM < stack <= RAM_END and stack % 8 == 0)
        for address in [start] + [each for each in handlers if each]:
            self.assertTrue(address & 1, 'no Thumb code')
            self.assertLess(address - FLASH, len(self.image))

    def test_elf_is_the_same(self):
        with open(ELF, 'rb') as file:
            elf = file.read()
        headers, = struct.unpack_from('<I', elf, 28)
        size, count = struct.unpack_from('<HH', elf, 42)
        seen = 0
        for i in range(count):
            kind, offset, _, address, n = struct.unpack_from(
                '<5I', elf, headers + i * size)
            if kind == 1 and n > 0:
                at = address - FLASH
                self.assertEqual(self.image[at:at + n], elf[offset:offset + n])
                seen += n
        self.assertGreater(seen, len(self.image) - 256)

    def entries(self):
        """What picotool reads: a marker, a list, and what it points to."""
        at = self.image.index(struct.pack('<I', 0x7188ebf2), 256, 512)
        _, begin, end, mapping, marker = struct.unpack_from(
            '<5I', self.image, at)
        self.assertEqual(marker, 0xe71aa390)
        self.assertEqual(self.word(mapping + 12), 0)
        found = {}
        for address in range(begin, end, 4):
            kind, tag, identifier, value = struct.unpack_from(
                '<HHII', self.image, self.word(address) - FLASH)
            self.assertEqual(tag, 0x5052)
            found[IDS[identifier]] = self.string(value) if kind == 6 else value
        return found

    def test_info(self):
        found = self.entries()
        self.assertEqual(found['name'], 'picod PinServer')
        self.assertEqual(found['board'], 'pico')
        self.assertRegex(found['version'], r'^\d+\.\d+$')
        self.assertIn(len(self.image) - (found['end'] - FLASH), range(256))

    def test_picotool(self):
        picotool = make_firmware('picotool-program')
        for path in (IMAGE, ELF):
            result = subprocess.run([picotool, 'info', '-a', path],
                                    stdout=subprocess.PIPE, text=True)
            self.assertEqual(result.returncode, 0)
            lines = re.findall(r'^ *(\w[\w ]*): +(.*)$', result.stdout,
                               re.MULTILINE)
            self.assertLessEqual(
                {('name', 'picod PinServer'),
                 ('version', self.entries()['version']),
                 ('pico_board', 'pico')}, set(lines))


if __name__ == '__main__':
    unittest.main()
