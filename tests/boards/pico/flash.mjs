// SPDX-License-Identifier: MIT
//
// The flash and the interface (SSI) to which it is attached.  rp2040js has
// the contents, at their addresses; here is what happens when the flash is
// talked to directly: commands while its select line is low.

const SSI = 0x18000000;
const CTRLR0 = 0x00, SSIENR = 0x08, RXFLR = 0x24, SR = 0x28, DR0 = 0x60;
const SPI_CTRLR0 = 0xf4;
const SR_TFNF = 1 << 1, SR_RFNE = 1 << 3;
const READ_UNIQUE_ID = 0x4b;
const IO_QSPI = 0x40018000;
const SELECT_CTRL = 0x0c;
const FORCED_LOW = 2;           // the output override in it

export const UNIQUE_ID = [0xe6, 0x60, 0x58, 0x38, 0x83, 0x12, 0x34, 0x56];

export class Flash {
  constructor(board, uf2) {
    this.chip = board.chip;
    this.xip = true;
    this.command = [];
    this.received = [];
    this.registers = new Map();
    this.pins = new Map();
    loadUf2(this.chip.flash, uf2);
    this.attach(board.rp2040js.BasePeripheral);
  }

  attach(BasePeripheral) {
    const flash = this;
    class Ssi extends BasePeripheral {
      readUint32(offset) {
        return flash.read(offset);
      }
      writeUint32(offset, value) {
        flash.write(offset, value);
      }
    }
    // rp2040js would take these pins for GPIO 0 to 5.
    class IoQspi extends BasePeripheral {
      readUint32(offset) {
        return flash.pins.get(offset) ?? 0;
      }
      writeUint32(offset, value) {
        flash.pins.set(offset, value);
        if (!flash.selected)
          flash.command = [];
      }
    }
    this.chip.peripherals[SSI >>> 14 << 2] = new Ssi(this.chip, 'SSI');
    this.chip.peripherals[IO_QSPI >>> 14 << 2] =
      new IoQspi(this.chip, 'IO_QSPI');
  }

  get selected() {
    return (this.pins.get(SELECT_CTRL) >>> 8 & 3) === FORCED_LOW;
  }

  leaveXip() {
    this.xip = false;
  }

  // boot2 has set command 03h with 24 bits of address, and switched on.
  enterXip() {
    this.xip = true;
    this.command = [];
    this.received = [];
  }

  read(offset) {
    if (offset === SR)
      return SR_TFNF | (this.received.length > 0 ? SR_RFNE : 0);
    if (offset === RXFLR)
      return this.received.length;
    if (offset === DR0)
      return this.received.shift() ?? 0;
    return this.registers.get(offset) ?? 0;
  }

  write(offset, value) {
    this.registers.set(offset, value);
    if (offset === DR0 && !this.xip)
      this.received.push(this.exchange(value & 0xff));
    if (offset === SSIENR && value === 1 &&
        this.registers.get(SPI_CTRLR0) >>> 24 === 0x03 &&
        (this.registers.get(CTRLR0) >>> 8 & 3) === 3)
      this.enterXip();
  }

  exchange(byte) {
    if (!this.selected)
      return 0xff;
    const at = this.command.push(byte) - 1;
    if (this.command[0] === READ_UNIQUE_ID && at >= 5)
      return UNIQUE_ID[at - 5] ?? 0xff;
    return 0;
  }
}

function loadUf2(flash, uf2) {
  for (let at = 0; at < uf2.length; at += 512) {
    const address = uf2.readUInt32LE(at + 12);
    const count = uf2.readUInt32LE(at + 16);
    flash.set(uf2.subarray(at + 32, at + 32 + count), address - 0x10000000);
  }
}
