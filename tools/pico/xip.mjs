// What reading code and weights in place costs: the RP2040's cache of its flash, modelled.
//
//   address  │ tag │ set: 10 bits │ line: 8 bytes │      16 KB = 2 ways · 1024 sets · 8 bytes
//
// A hit is free. A miss fetches four bytes over the QSPI bus and stalls the core: 20 clocks of the bus
// (8 for address and mode, 4 dummies, 8 for the data, on four wires), which runs at half the core's
// clock, are 40 cycles.
//
// Source: *RP2040 Datasheet*, 2.6.3; lines are filled by halves as the Raspberry Pi engineers say in
// pico-feedback 307. Limits: a model. Which way is replaced is not documented: here the older one. No
// second core and no DMA compete, and nothing is fetched ahead.

const SETS = 1024;
const FLASH = 0x10000000;
const MIRROR = 0x1000000;
/** No tag has this value. */
const EMPTY = -1;

/** Cycles of a miss with the boot loader for the Pico's own flash chip. */
export const MISS_CYCLES = 40;

/** A cache of flash. */
export class Cache {
  constructor() {
    this.tags = new Int32Array(2 * SETS).fill(EMPTY);
    this.halves = new Uint8Array(2 * SETS);
    this.recent = new Uint8Array(SETS);
    this.misses = 0;
  }

  /** Was an address not in the cache? It is now. */
  lacks(address) {
    const set = (address >>> 3) & (SETS - 1);
    const tag = address >>> 13;
    const half = 1 << ((address >>> 2) & 1);
    let way = this.tags[2 * set] === tag ? 0 : this.tags[2 * set + 1] === tag ? 1 : EMPTY;
    if (way === EMPTY) {
      way = this.recent[set] ^ 1;
      this.tags[2 * set + way] = tag;
      this.halves[2 * set + way] = 0;
    }
    this.recent[set] = way;
    if (this.halves[2 * set + way] & half) return false;
    this.halves[2 * set + way] |= half;
    this.misses += 1;
    return true;
  }
}

/** Lets an RP2040 of rp2040js stall for `cycles` at each miss. Returns the cache. */
export function stall(chip, cycles) {
  const cache = new Cache();
  const { core } = chip;
  const isCached = (address) => address >>> 0 >= FLASH && address >>> 0 < FLASH + MIRROR;
  for (const read of ["readUint8", "readUint16", "readUint32"]) {
    const now = core[read].bind(core);
    core[read] = (address) => {
      if (isCached(address) && cache.lacks(address)) core.cycles += cycles;
      return now(address);
    };
  }
  return cache;
}
