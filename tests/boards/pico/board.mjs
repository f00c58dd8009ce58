// SPDX-License-Identifier: MIT
//
// The board as a whole: the chip and its surroundings, from power-on, and the
// time.  The chip's time follows the clock on the wall: it never runs ahead
// of it, and where the emulator is too slow it falls behind.

import { readFileSync } from 'node:fs';

import { boot } from './boot.mjs';
import { Flash } from './flash.mjs';
import { Port } from './port.mjs';
import { Host } from './usb.mjs';
import { World } from './world.mjs';

const SLICE_NS = 1e6;
const LAG_NS = 20e6;        // what is not caught up with

export class Board {
  constructor(rp2040js, options, report) {
    this.rp2040js = rp2040js;
    this.options = options;
    this.report = report;
    this.boots = 0;
    this.timer = null;
    this.port = new Port(options.port, report);
  }

  // The emulator has no reset of the whole chip, so a new one is taken.
  powerOn() {
    const { Simulator, LogLevel, ConsoleLogger } = this.rp2040js;
    const simulator = new Simulator();
    this.chip = simulator.rp2040;
    this.clock = simulator.clock;
    this.chip.logger = new ConsoleLogger(LogLevel.Error, false);
    this.chip.loadBootrom(romWords(readFileSync(this.options.rom)));
    this.flash = new Flash(this, readFileSync(this.options.image));
    this.world = new World(this);
    this.host = new Host(this, this.port);
    this.chip.onBreak = number => this.romCalled(number);
    this.stopped = false;
    this.boots++;
    this.wallStart = process.hrtime.bigint();
    if (boot(this))
      this.run();
    else
      this.enterBootsel('boot2 has a wrong checksum');
  }

  romCalled(number) {
    switch (number) {
    case 2:
      this.flash.leaveXip();
      break;
    case 4:
      this.flash.enterXip();
      break;
    case 5:
      this.enterBootsel('asked by the image');
      break;
    }
  }

  // The serial port vanishes, and a drive appears, which we have not.
  enterBootsel(why) {
    this.stopped = true;
    this.host.detach();
    this.report(`bootsel ${why}`);
  }

  fail(what) {
    this.stopped = true;
    this.report(`violation ${what}`);
  }

  get nanos() {
    return this.clock.nanos;
  }

  wallNanos() {
    return Number(process.hrtime.bigint() - this.wallStart);
  }

  // Something has happened outside: do not sleep on.
  wake() {
    if (this.timer !== null) {
      clearTimeout(this.timer);
      this.timer = null;
      setImmediate(() => this.run());
    }
  }

  run() {
    const { core } = this.chip;
    const limit = this.wallNanos();
    const end = this.nanos + SLICE_NS;
    while (!this.stopped && this.nanos < end) {
      if (core.waiting && !this.wakes()) {
        if (!this.skip(limit)) {
          this.sleep();
          return;
        }
      } else {
        this.step();
      }
    }
    const lag = this.wallNanos() - this.nanos;
    if (lag > LAG_NS && !core.waiting)
      this.wallStart += BigInt(Math.floor(lag - LAG_NS));
    if (!this.stopped)
      setImmediate(() => this.run());
  }

  // rp2040js forgets to look when WFI is reached with an interrupt pending.
  wakes() {
    const { core } = this.chip;
    if (core.checkForInterrupts())
      core.waiting = false;
    return !core.waiting;
  }

  step() {
    const { core } = this.chip;
    if (!this.flash.xip && core.PC >>> 24 === 0x10)
      this.fail(`executes ${core.PC.toString(16)} while the flash is busy`);
    this.clock.tick(core.executeInstruction() * 8);
  }

  // Nothing to execute: on to the next alarm, if its time has come.
  skip(limit) {
    const next = this.clock.nextAlarm;
    const until = Math.min(next ? next.nanos : Infinity, limit);
    if (until > this.nanos)
      this.clock.tick(until - this.nanos);
    return next !== null && next.nanos <= limit;
  }

  sleep() {
    const next = this.clock.nextAlarm;
    const ms = next ? (next.nanos - this.nanos) / 1e6 : 1000;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.run();
    }, Math.max(ms, 0));
  }

  // Calls back at a time of the chip.
  after(nanos, callback) {
    const alarm = this.clock.createAlarm(callback);
    alarm.schedule(nanos);
    this.wake();
    return alarm;
  }
}

function romWords(bytes) {
  const padded = new Uint8Array(16384);
  padded.set(bytes);
  return new Uint32Array(padded.buffer);
}
