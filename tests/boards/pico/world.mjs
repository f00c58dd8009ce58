// SPDX-License-Identifier: MIT
//
// What is at the pins.  A pin has the level that drives it: its own output,
// else what is connected, else its resistors; that level is what it reads.
// At the I2C pins is an EEPROM of 256 bytes with address 50h, at the SPI pins
// a shift register that gives back the byte before, inverted, while GPIO 17
// is low.

export const EEPROM_ADDRESS = 0x50;
const FUNC_SPI = 1, FUNC_I2C = 3, FUNC_PWM = 4;
const SDA = 4, SCL = 5, MISO = 16, SELECT = 17, SCK = 18, MOSI = 19;

export class World {
  constructor(board) {
    this.board = board;
    this.chip = board.chip;
    this.driven = new Map();
    this.meters = new Map();
    for (const pin of this.chip.gpio) {
      pin.addListener(() => this.changed(pin));
      this.settle(pin);
    }
    this.attachI2c();
    this.attachSpi();
  }

  // --- pins

  pin(number) {
    const pin = this.chip.gpio[number];
    if (!pin)
      throw new Error(`no pin ${number}`);
    return pin;
  }

  level(pin) {
    if (pin.outputEnable)
      return pin.outputValue;
    return this.driven.get(pin.index) ?? pin.pullupEnabled;
  }

  settle(pin) {
    const level = this.level(pin);
    if (level !== pin.rawInputValue)
      pin.setInputValue(level);
  }

  changed(pin) {
    this.meters.get(pin.index)?.(pin.outputValue);
    this.settle(pin);
  }

  drive(number, level) {
    const pin = this.pin(number);
    if (level === null)
      this.driven.delete(pin.index);
    else
      this.driven.set(pin.index, level);
    this.settle(pin);
    this.board.wake();
  }

  // A word for the state of a pin: "1" an output, "i0" an input, "u1" and
  // "d0" inputs with a resistor, "p" PWM, "s" SPI, "c" I2C.
  describe(number) {
    const pin = this.pin(number);
    const level = Number(this.level(pin));
    if (pin.functionSelect === FUNC_PWM)
      return 'p';
    if (pin.functionSelect === FUNC_SPI)
      return 's';
    if (pin.functionSelect === FUNC_I2C)
      return pin.pullupEnabled ? 'c' : 'c?';
    if (pin.outputEnable)
      return `${level}`;
    return `${pin.pullupEnabled ? 'u' : pin.pulldownEnabled ? 'd' : 'i'}` +
      `${level}`;
  }

  // How a pin moves during a time: rising edges, the ns between the first
  // and the last, and how long of these it was high.
  measure(number, nanos) {
    const pin = this.pin(number);
    const rises = [];
    let high = 0, since = null, whole = 0;
    this.meters.set(pin.index, level => {
      if (level) {
        since = this.board.nanos;
        rises.push(since);
        whole = high;
      } else if (since !== null) {
        high += this.board.nanos - since;
        since = null;
      }
    });
    return new Promise(resolve => this.board.after(nanos, () => {
      this.meters.delete(pin.index);
      const span = rises.length > 1 ? rises.at(-1) - rises[0] : 0;
      resolve({ rises: rises.length, span, high: whole });
    }));
  }

  // Toggles a connected pin at regular intervals, from high on.
  toggle(number, nanos, count) {
    return new Promise(resolve => {
      let level = false;
      const step = () => {
        level = !level;
        this.drive(number, level);
        if (--count > 0)
          this.board.after(nanos, step);
        else
          resolve();
      };
      step();
    });
  }

  // --- I2C

  attachI2c() {
    const i2c = this.chip.i2c[0];
    const bit = () => (i2c.sclHighPeriod + i2c.sclLowPeriod) * 8;
    const later = callback => this.board.after(9 * bit(), callback);
    this.i2c = { i2c, bit };
    this.eeprom = new Uint8Array(256);
    this.eepromAt = 0;
    let first = true;

    i2c.onConnect = address => later(() => {
      first = true;
      i2c.completeConnect(address === EEPROM_ADDRESS && this.wired(
        FUNC_I2C, SDA, SCL));
    });
    i2c.onWriteByte = byte => later(() => {
      if (first)
        this.eepromAt = byte;
      else
        this.eeprom[this.eepromAt++ & 0xff] = byte;
      first = false;
      i2c.completeWrite(true);
    });
    i2c.onReadByte = () => later(() =>
      i2c.completeRead(this.eeprom[this.eepromAt++ & 0xff]));
  }

  wired(func, ...pins) {
    return pins.every(pin => this.chip.gpio[pin].functionSelect === func);
  }

  // --- SPI

  attachSpi() {
    const spi = this.chip.spi[0];
    this.spi = { spi, before: 0xff };
    spi.onTransmit = byte => this.board.after(8e9 / spi.clockFrequency, () => {
      const selected = this.wired(FUNC_SPI, MISO, MOSI, SCK) &&
        !this.level(this.chip.gpio[SELECT]);
      spi.completeTransmit(selected ? this.spi.before ^ 0xff : 0xff);
      this.spi.before = byte;
    });
  }
}
