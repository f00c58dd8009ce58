// SPDX-License-Identifier: MIT
//
// What can be told to the world around the board.

const number = word => {
  if (!/^\d+$/.test(word ?? ''))
    throw new Error(`not a number: ${word}`);
  return Number(word);
};

export const orders = {
  // Every pin: see World.describe().
  pins: board => board.chip.gpio
    .map((_, pin) => `${pin}=${board.world.describe(pin)}`).join(' '),

  drive(board, pin, level) {
    board.world.drive(number(pin), number(level) !== 0);
  },

  release(board, pin) {
    board.world.drive(number(pin), null);
  },

  // The reading of an ADC input, 0 to 4.
  analog(board, input, value) {
    board.chip.adc.channelValues[number(input)] = number(value);
  },

  // measure PIN MS
  async measure(board, pin, ms) {
    const { rises, span, high } = await board.world.measure(
      number(pin), number(ms) * 1e6);
    return `rises=${rises} span_ns=${Math.round(span)} ` +
      `high_ns=${Math.round(high)}`;
  },

  // pulse PIN LEVEL DELAY_US WIDTH_US; the pin is at the other level before
  pulse(board, pin, level, delay, width) {
    const high = number(level) !== 0;
    board.world.drive(number(pin), !high);
    board.after(number(delay) * 1e3, () => {
      board.world.drive(number(pin), high);
      board.after(number(width) * 1e3,
                  () => board.world.drive(number(pin), !high));
    });
  },

  // toggle PIN PERIOD_US COUNT
  toggle(board, pin, period, count) {
    return board.world.toggle(number(pin), number(period) * 1e3,
                              number(count));
  },

  eeprom: board => Buffer.from(board.world.eeprom).toString('hex'),

  buses(board) {
    const { spi } = board.world.spi;
    const period = board.world.i2c.bit();
    return `i2c_hz=${Math.round(1e9 / period)} ` +
      `spi_hz=${Math.round(spi.clockFrequency)} ` +
      `cpol=${spi.control0 >> 6 & 1} cpha=${spi.control0 >> 7 & 1}`;
  },

  // What a program does that opens the port at this speed and closes it.
  async touch(board, baud) {
    await board.host.lineCoding(number(baud ?? '1200'));
    await board.host.lineState(true);
    await board.host.lineState(false);
  },

  // Whether the host stops to fetch what the board says: 1 or 0.
  deaf(board, on) {
    board.host.deaf = number(on) !== 0;
    board.host.pump();
  },

  // request TYPE REQUEST VALUE INDEX LENGTH: any request, to be refused or not
  async request(board, ...words) {
    const answer = await board.host.request(...words.map(number));
    return Buffer.from(answer).toString('hex');
  },

  // The plug, pulled and put in again.
  power(board) {
    board.stopped = true;
    board.host.detach();
    board.powerOn();
  },

  stat(board) {
    return `us=${Math.round(board.nanos / 1e3)} boots=${board.boots} ` +
      `cycles=${board.chip.core.cycles} ` +
      `sleeping=${Number(board.chip.core.waiting)} ` +
      `cpu_ms=${Math.round(process.cpuUsage().user / 1e3)}`;
  },

  quit(board) {
    board.host.detach();
    process.exit(0);
  },
};
