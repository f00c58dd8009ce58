// SPDX-License-Identifier: MIT
//
// The host at the board's USB.  It enumerates, sets the port up and moves
// bytes as Linux and its cdc_acm driver do, and it is stricter than
// rp2040js's own: it holds back what the board sends while nobody has the
// port open, hands on what it reads only when a packet is not full or its
// buffer is, takes no packet before the bus would have carried it, and
// reports a violation where a real controller or host would lose data.

const SETUP_TYPES = { in: 0x80, out: 0x00, classOut: 0x21, classIn: 0xa1 };
const GET_DESCRIPTOR = 6, SET_ADDRESS = 5, SET_CONFIGURATION = 9;
const SET_LINE_CODING = 0x20, GET_LINE_CODING = 0x21;
const SET_CONTROL_LINE_STATE = 0x22;
const AVAILABLE = 1 << 10, STALL = 1 << 11, DATA1 = 1 << 13, FULL = 1 << 15;
const LENGTH = 0x3ff;
const BUFFER_CONTROL = 0x80, BUFFER_CONTROL_END = 0x100;
const PACKET_NS = 50e3;         // 64 bytes and their frame, at 12 Mbit/s
const READ_BUFFER = 128;        // cdc_acm's: two packets
const PACKET = 64;

export class Host {
  constructor(board, port) {
    this.board = board;
    this.usb = board.chip.usbCtrl;
    this.port = port;
    this.report = board.report;
    this.attached = true;
    this.deaf = false;
    this.configured = false;
    this.control = null;        // the request in work
    this.requests = Promise.resolve();
    this.expected = new Map();  // the number of each endpoint's next packet
    this.held = null;           // a packet from the board, not fetched yet
    this.outArmed = 0;          // the board takes so many bytes
    this.read = [];
    this.usb.onUSBEnabled = () => this.usb.resetDevice();
    this.usb.onResetReceived = () => this.enumerate();
    this.usb.onEndpointRead = (endpoint, size) =>
      this.boardReceives(endpoint, size);
    this.usb.onEndpointWrite = (endpoint, bytes) =>
      this.boardSent(endpoint, bytes);
    this.watchBuffers();
  }

  detach() {
    this.attached = false;
    this.configured = false;
    this.port.vanish();
  }

  // --- what the board does with its buffers

  watchBuffers() {
    const { usb } = this;
    const updated = usb.DPRAMUpdated.bind(usb);
    const before = new Map();
    usb.DPRAMUpdated = (offset, value) => {
      const last = before.get(offset) ?? 0;
      if (offset < BUFFER_CONTROL || offset >= BUFFER_CONTROL_END)
        return;
      before.set(offset, value & ~AVAILABLE);
      if (value & STALL)
        this.boardStalls();
      if (!(value & AVAILABLE))
        return;
      if ((value & ~AVAILABLE) !== last)
        this.board.fail('a buffer was handed over in one write');
      this.minds(offset, value);
      this.handOver(offset, value, updated);
    };
  }

  // Packets have the numbers 0 and 1 in turn; a wrong one is thrown away.
  minds(offset, value) {
    const expected = this.expected.get(offset) ?? 0;
    if ((value & DATA1) !== expected)
      this.board.fail(`endpoint buffer ${offset.toString(16)}: ` +
                      'packet with the wrong number');
    this.expected.set(offset, expected ^ DATA1);
  }

  handOver(offset, value, updated) {
    const endpoint = offset - BUFFER_CONTROL >> 3;
    const toHost = !(offset & 4);
    if (toHost && !(value & FULL))
      this.board.fail('an empty buffer was handed over to be sent');
    if (!toHost || endpoint === 0) {
      updated(offset, value);
      return;
    }
    this.held = { ready: false, fetch: () => updated(offset, value) };
    this.board.after(PACKET_NS, () => {
      if (this.held) {
        this.held.ready = true;
        this.pump();
      }
    });
  }

  // --- requests on endpoint 0, one after the other

  request(type, request, value, index, length, bytes = null) {
    const packet = Uint8Array.of(type, request, value & 0xff, value >> 8,
                                 index & 0xff, index >> 8,
                                 length & 0xff, length >> 8);
    const result = this.requests.then(() => new Promise((resolve, reject) => {
      this.control = { type, length, bytes, answer: [], resolve, reject };
      this.expected.set(BUFFER_CONTROL, DATA1);
      this.expected.set(BUFFER_CONTROL + 4, DATA1);
      this.usb.sendSetupPacket(packet);
      this.board.wake();
    }));
    this.requests = result.catch(() => {});
    return result;
  }

  boardStalls() {
    const { control } = this;
    this.control = null;
    control?.reject(new Error('the board refuses the request'));
  }

  finish() {
    const { control } = this;
    this.control = null;
    control?.resolve(Uint8Array.from(control.answer));
  }

  controlSent(bytes) {
    const { control } = this;
    if (!control)
      return;
    if (!(control.type & 0x80)) {
      this.finish();
      return;
    }
    control.answer.push(...bytes);
    control.complete = bytes.length < PACKET ||
      control.answer.length >= control.length;
    if (control.complete && control.statusArmed)
      this.controlStatus();
  }

  controlReceives() {
    const { control } = this;
    if (!control)
      return;
    if (!(control.type & 0x80)) {
      this.usb.endpointReadDone(0, Uint8Array.from(control.bytes));
      return;
    }
    control.statusArmed = true;
    if (control.complete)
      this.controlStatus();
  }

  controlStatus() {
    this.usb.endpointReadDone(0, new Uint8Array(0));
    this.finish();
  }

  descriptor(type, index, length) {
    return this.request(SETUP_TYPES.in, GET_DESCRIPTOR, type << 8 | index,
                        type === 3 && index > 0 ? 0x0409 : 0, length);
  }

  async string(index) {
    const bytes = await this.descriptor(3, index, 255);
    return new TextDecoder('utf-16le').decode(bytes.subarray(2, bytes[0]));
  }

  async enumerate() {
    try {
      await this.descriptor(1, 0, 64);
      await this.request(SETUP_TYPES.out, SET_ADDRESS, 7, 0, 0);
      const device = await this.descriptor(1, 0, 18);
      const head = await this.descriptor(2, 0, 9);
      const total = head[2] | head[3] << 8;
      const configuration = await this.descriptor(2, 0, total);
      this.checkConfiguration(configuration, total);
      await this.string(0);
      const word = at => (device[at] | device[at + 1] << 8)
        .toString(16).padStart(4, '0');
      const strings = [];
      for (const at of [14, 15, 16])
        strings.push(await this.string(device[at]));
      this.expected.clear();
      await this.request(SETUP_TYPES.out, SET_CONFIGURATION, 1, 0, 0);
      await this.lineCoding(9600);
      this.configured = true;
      await this.port.appear(this);
      this.report(`usb ${word(8)}:${word(10)} ${JSON.stringify(strings)} ` +
                  `address ${this.usb.readUint32(0)}`);
    } catch (error) {
      this.board.fail(`enumeration: ${error.message}`);
    }
  }

  // As cdc_acm does: a union of two interfaces, the second for data.
  checkConfiguration(bytes, total) {
    const endpoints = [];
    let at = 0, data = false;
    for (; at < bytes.length && bytes[at] >= 2; at += bytes[at]) {
      if (bytes[at + 1] === 4)
        data = bytes[at + 5] === 10 && bytes[at + 4] === 2;
      if (bytes[at + 1] === 5 && data)
        endpoints.push(bytes[at + 2]);
    }
    if (at !== total || bytes.length !== total)
      throw new Error('descriptors do not add up');
    if (endpoints.sort().join() !== '130,2' && endpoints.join() !== '2,130')
      throw new Error(`endpoints ${endpoints}`);
  }

  async lineCoding(baud) {
    const coding = Uint8Array.of(baud & 0xff, baud >> 8 & 0xff,
                                 baud >> 16 & 0xff, baud >> 24 & 0xff,
                                 0, 0, 8);
    await this.request(SETUP_TYPES.classOut, SET_LINE_CODING, 0, 0, 7, coding);
    const back = await this.request(SETUP_TYPES.classIn, GET_LINE_CODING,
                                    0, 0, 7);
    if (back.join() !== coding.join())
      throw new Error('the line coding was not kept');
  }

  lineState(dtr) {
    return this.request(SETUP_TYPES.classOut, SET_CONTROL_LINE_STATE,
                        dtr ? 3 : 0, 0, 0);
  }

  // --- bytes

  portOpened() {
    if (this.configured)
      this.lineState(true).then(() => this.pump());
  }

  portClosed() {
    this.read = [];
    if (this.attached && this.configured)
      this.lineState(false);
  }

  boardReceives(endpoint, size) {
    if (endpoint === 0) {
      this.controlReceives();
    } else {
      this.outArmed = size;
      this.pump();
    }
  }

  boardSent(endpoint, bytes) {
    if (endpoint === 0) {
      this.controlSent(bytes);
      return;
    }
    this.read.push(...bytes);
    if (bytes.length < PACKET || this.read.length >= READ_BUFFER) {
      this.port.give(Uint8Array.from(this.read));
      this.read = [];
    }
    this.pump();
  }

  // Moves what can be moved.
  pump() {
    if (!this.configured)
      return;
    if (this.outArmed > 0) {
      const bytes = this.port.take(Math.min(this.outArmed, PACKET));
      if (bytes) {
        this.outArmed = 0;
        this.usb.endpointReadDone(2, Uint8Array.from(bytes), PACKET_NS / 1e3);
      }
    }
    if (this.held?.ready && this.port.reads && !this.deaf) {
      const { fetch } = this.held;
      this.held = null;
      fetch();
    }
    this.board.wake();
  }
}
