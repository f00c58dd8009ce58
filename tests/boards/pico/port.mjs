// SPDX-License-Identifier: MIT
//
// The serial port, as programs see it: a Unix socket, one program at a time.

import { createServer } from 'node:net';
import { unlinkSync } from 'node:fs';

export class Port {
  constructor(path, report) {
    this.path = path;
    this.report = report;
    this.client = null;
    this.host = null;
    this.queue = [];            // from the program, for the board
  }

  listen() {
    this.server = createServer({ allowHalfOpen: false },
                               client => this.accept(client));
    return new Promise(resolve => this.server.listen(this.path, resolve));
  }

  accept(client) {
    if (this.client) {
      client.destroy();
      return;
    }
    this.client = client;
    this.report('open');
    client.on('data', bytes => {
      this.queue.push(bytes);
      if (this.queued() > 65536)
        client.pause();
      this.host?.pump();
    });
    client.on('drain', () => this.host?.pump());
    client.on('error', () => {});
    client.on('close', () => {
      this.client = null;
      this.queue = [];
      this.report('close');
      this.host?.portClosed();
    });
    this.host?.portOpened();
  }

  queued() {
    return this.queue.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  // At most so many bytes for the board; null if there are none.
  take(count) {
    if (this.queue.length === 0)
      return null;
    const first = this.queue[0];
    const piece = first.subarray(0, count);
    if (piece.length === first.length)
      this.queue.shift();
    else
      this.queue[0] = first.subarray(count);
    if (this.client?.isPaused() && this.queued() < 32768)
      this.client.resume();
    return piece;
  }

  // Whether the program reads what we have given it.
  get reads() {
    return this.client !== null && !this.client.writableNeedDrain;
  }

  give(bytes) {
    this.client?.write(bytes);
  }

  // The board is gone from the bus.
  vanish() {
    this.host = null;
    this.client?.destroy();
    this.server?.close();
    this.server = null;
    try {
      unlinkSync(this.path);
    } catch (error) {
      if (error.code !== 'ENOENT')
        throw error;
    }
  }

  async appear(host) {
    this.host = host;
    await this.listen();
  }
}
