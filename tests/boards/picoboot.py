# SPDX-License-Identifier: MIT
"""The boot ROM of an RP2040 in BOOTSEL, as picotool sees it: PICOBOOT.

From the RP2040 data sheet, section 2.8.5.  Flash is as real flash is: to erase
sets all bits of sectors, to write only clears some.  What the ROM would refuse
is refused, with its status.
"""

import errno
import struct

FLASH, FLASH_END, FLASH_SIZE = 0x10000000, 0x11000000, 2 << 20
RAM, RAM_SIZE = 0x20000000, 264 << 10
ROM_SIZE = 16 << 10
SECTOR, PAGE = 4096, 256

MAGIC = 0x431fd10b
COMMAND = struct.Struct('<IIBBHI16s')
STATUS = struct.Struct('<IIBB6x')

# Commands, bit 7: data comes to the host.
EXCLUSIVE, REBOOT, ERASE, WRITE, EXIT_XIP, ENTER_XIP = 1, 2, 3, 5, 6, 7
VECTORIZE, READ = 9, 0x84

# Requests to its interface.
INTERFACE_RESET, GET_STATUS = 0x41, 0x42

OK, UNKNOWN_COMMAND, BAD_ADDRESS, BAD_ALIGNMENT = 0, 1, 4, 5

STALL = -errno.EPIPE

# The device; its configuration: a drive, and PICOBOOT with two endpoints.
DEVICE = bytes.fromhex('12011001000000408a2e0300000101020301')
CONFIGURATION = bytes.fromhex(
    '0902370002010080fa' '09040000020806500007058102400000070502024000'
    '00' '09040100' '02ff000000' '07050302400000' '07058402400000')
STRINGS = ['', 'Raspberry Pi', 'RP2 Boot', 'E0C9125B0D9B']


class Refused(Exception):
    """A command that ends with this status."""


def rom():
    """As much of the ROM as tells its version."""
    data = bytearray(ROM_SIZE)
    data[0x10:0x14] = b'Mu\x01\x03'
    return data


class Picoboot:
    """transfer() is a transfer on its USB device.

    flash: what is in it, kept by whoever made us.  stuck: addresses of flash
    whose bits are 0 for good.  rebooted(delay_ms) is called when it is to leave;
    wrote(address), if set, after each piece of flash was written.
    """

    def __init__(self, flash, rebooted):
        self.flash = flash
        self.rebooted = rebooted
        self.stuck = set()
        self.wrote = None
        self.ram = bytearray(RAM_SIZE)
        self.rom = rom()
        self.reset()

    def reset(self):
        self.answers = []       # for the host to fetch; b'' is an empty packet
        self.data = None        # what takes the bytes that come next
        self.status = STATUS.pack(0, OK, 0, 0)

    def transfer(self, setup, endpoint, length, data):
        """Bytes for the host, how many it took, or a negative errno."""
        if endpoint == 0:
            return self.control(setup, length, data)
        if endpoint & 0x80:
            return self.answers.pop(0)[:length] if self.answers else STALL
        try:
            return self.take(data)
        except Refused as refused:
            token, _, command, _ = STATUS.unpack(self.status)
            self.status = STATUS.pack(token, refused.args[0], command, 0)
            return STALL

    def control(self, setup, length, data):
        kind, request, value = struct.unpack_from('<BBH', setup)
        if (kind, request) == (0x80, 6):
            return self.descriptor(value >> 8, value & 0xff, length)
        if (kind, request) == (0xc1, GET_STATUS):
            return self.status[:length]
        if (kind, request) == (0x41, INTERFACE_RESET):
            self.reset()
            return 0
        if kind & 0x80:
            return bytes(2)[:length]        # GET_STATUS of USB
        return len(data)

    def descriptor(self, kind, index, length):
        if kind == 3 and index < len(STRINGS):
            text = STRINGS[index].encode('utf-16le') if index else b'\x09\x04'
            return (bytes([len(text) + 2, 3]) + text)[:length]
        found = {1: DEVICE, 2: CONFIGURATION}.get(kind)
        return STALL if found is None else found[:length]

    # ------------------------------------------------------------ PICOBOOT

    def take(self, data):
        """A command, its data, or the empty packet after what was fetched."""
        if self.data is not None:
            take, self.data = self.data, None
            take(data)
            return len(data)
        if len(data) != COMMAND.size:
            return STALL
        magic, token, command, _, _, size, arguments = COMMAND.unpack(data)
        if magic != MAGIC:
            return STALL
        self.status = STATUS.pack(token, OK, command, 0)
        self.obey(command, size, *struct.unpack('<IIII', arguments))
        return len(data)

    def obey(self, command, size, address, second, third, _):
        if command == READ:
            self.answers.append(bytes(self.memory(address, size)))
            self.data = lambda data: None
            return
        if command == WRITE:
            self.data = lambda data: self.write(address, data)
            return
        if command == ERASE:
            self.erase(address, second)
        elif command == REBOOT:
            self.rebooted(third)
        elif command not in (EXCLUSIVE, EXIT_XIP, ENTER_XIP, VECTORIZE):
            raise Refused(UNKNOWN_COMMAND)
        self.answers.append(b'')

    def memory(self, address, size):
        if FLASH <= address < FLASH_END:    # it repeats itself
            address = FLASH + (address - FLASH) % FLASH_SIZE
        for start, memory in ((0, self.rom), (FLASH, self.flash),
                              (RAM, self.ram)):
            if start <= address and address + size <= start + len(memory):
                return memoryview(memory)[address - start:][:size]
        raise Refused(BAD_ADDRESS)

    def erase(self, address, size):
        if address % SECTOR or size % SECTOR:
            raise Refused(BAD_ALIGNMENT)
        if address < FLASH or address >= RAM:
            raise Refused(BAD_ADDRESS)
        self.put(self.memory(address, size), address, b'\xff' * size)

    def write(self, address, data):
        memory = self.memory(address, len(data))
        is_flash = FLASH <= address < RAM
        if is_flash and address % PAGE:
            raise Refused(BAD_ALIGNMENT)
        if not is_flash:
            memory[:] = data
        else:
            self.put(memory, address, bytes(old & new for old, new
                                            in zip(memory, data)))
        self.answers.append(b'')
        if is_flash and self.wrote is not None:
            self.wrote(address)

    def put(self, memory, address, data):
        memory[:] = data
        for stuck in self.stuck:
            if address <= stuck < address + len(data):
                memory[stuck - address] = 0
