#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// A Raspberry Pi Pico without hardware: the real image on rp2040js, with a
// host at its USB, something at its pins, and its serial port at a Unix
// socket.
//
// rp2040js is the chip.  What is around the chip is here, and is meant to be
// as strict as the real thing: the boot ROM checks boot2 (boot.mjs), nothing
// can be executed from the flash while it is talked to (flash.mjs), the host
// enumerates as Linux does and minds the numbers of packets (usb.mjs), and
// pins and buses behave (world.mjs).
//
// The socket is there from the event "usb" on, as long as the board is on the
// bus.  Orders come in on stdin, or at the descriptor --control, a line each, and
// are answered by a line "ok ..." or "error ..."; other lines are events.

import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';

import { Board } from './board.mjs';
import { orders } from './orders.mjs';

const { values: options } = parseArgs({ options: {
  image: { type: 'string' },
  rom: { type: 'string' },
  port: { type: 'string' },
  modules: { type: 'string' },
  control: { type: 'string' },
} });

const rp2040js = await import(pathToFileURL(
  `${options.modules}/rp2040js/dist/esm/index.js`));

const control = options.control &&
  new Socket({ fd: Number(options.control), readable: true, writable: true });
const report = line => (control ?? process.stdout).write(line + '\n');
const board = new Board(rp2040js, options, report);

createInterface({ input: control ?? process.stdin }).on('line', async line => {
  const [name, ...words] = line.trim().split(/\s+/);
  try {
    if (!orders[name])
      throw new Error(`no such order: ${name}`);
    const answer = await orders[name](board, ...words);
    report(`ok ${name}${answer ? ` ${answer}` : ''}`);
  } catch (error) {
    report(`error ${error.message}`);
  }
}).on('close', () => orders.quit(board));

board.powerOn();
