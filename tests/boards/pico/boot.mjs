// SPDX-License-Identifier: MIT
//
// What the boot ROM does after power-on (data sheet 2.8.1): it copies boot2
// to the end of the RAM, compares its checksum, and calls it.

const RAM = 0x20000000;
const BOOT2_ADDRESS = 0x20041f00;
const BOOT2_SIZE = 252;

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x80000000 ? crc << 1 ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

// Leaves the processor at the start of boot2.  False if it must not be.
export function boot({ chip }) {
  const boot2 = chip.flash.subarray(0, BOOT2_SIZE);
  const sum = chip.flashView.getUint32(BOOT2_SIZE, true);
  if (crc32(boot2) !== sum)
    return false;
  chip.sram.set(boot2, BOOT2_ADDRESS - RAM);
  chip.core.SP = 0x20042000;
  chip.core.LR = 0;
  chip.core.PC = BOOT2_ADDRESS;
  return true;
}
