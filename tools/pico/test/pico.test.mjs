import assert from "node:assert/strict";
import { test } from "node:test";
import { End, Pico } from "../pico.mjs";
import { FLASH, pack, unpack } from "../uf2.mjs";

const CODE = 0x200;

/** A firmware of half-words behind a vector table; `words` lie 0x80 bytes behind its start. */
function firmware(code, words = []) {
  const flash = new Uint8Array(CODE + 0x100);
  const view = new DataView(flash.buffer);
  view.setUint32(0x100, 0x20000400, true);
  view.setUint32(0x104, (FLASH + CODE) | 1, true);
  code.forEach((half, index) => view.setUint16(CODE + 2 * index, half, true));
  words.forEach((word, index) => view.setUint32(CODE + 0x80 + 4 * index, word, true));
  return unpack(pack([{ address: FLASH, data: flash }]));
}

function started(code, words, xip) {
  const heard = [];
  const onByte = (byte) => heard.push(byte);
  const pico = new Pico({ pages: firmware(code, words), xip, onByte });
  pico.startAtVectors();
  return { pico, heard };
}

/** `ldr rD, [pc, …]` at half-word `at` reads word `index`. */
const load = (register, at, index) =>
  0x4800 | (register << 8) | ((0x80 + 4 * index - ((2 * at + 4) & ~3)) / 4);

// r0 = UART; do { r1 = flags } while empty; r2 = data; send it; and again.
const UART0 = 0x40034000;
const ECHO = [load(0, 0, 0), 0x6981, 0x2210, 0x4211, 0xd1fb, 0x6802, 0x6002, 0xe7f8];

test("what is typed is heard, however late it is read, and then the firmware waits", () => {
  const { pico, heard } = started(ECHO, [UART0]);
  pico.typed.push(...Array(100).keys());
  let end = End.GOES_ON;
  while (end === End.GOES_ON) end = pico.run(1000, 1e6);
  assert.equal(end, End.WAITS);
  assert.deepEqual(heard, [...Array(100).keys()]);
});

test("semihosting ends the run with the status of the firmware", () => {
  const block = FLASH + CODE + 0x88;
  const code = [load(0, 0, 0), load(1, 1, 1), 0xbeab];
  const { pico } = started(code, [0x20, block, 0x20026, 7]);
  assert.equal(pico.run(100, 1e6), End.EXIT);
  assert.equal(pico.status, 7);
});

test("other breakpoints are errors", () => {
  assert.throws(() => started([0xbe01]).pico.run(100, 1e6), /breakpoint 1 at 0x10000202/);
});

test("a loop without end is ended by the ceiling, sleep without an alarm at once", () => {
  assert.equal(started([0xe7fe]).pico.run(1e6, 1000), End.LATE);
  assert.equal(started([0xbf30]).pico.run(1e6, 1e9), End.SLEEPS);
});

test("a read where there is nothing is an error, and an unknown instruction is", () => {
  const outside = [load(0, 0, 0), 0x6800];
  assert.throws(() => started(outside, [0x30000000]).pico.run(9, 1e6), /invalid memory.*30000000/i);
  assert.throws(() => started([0xb100]).pico.run(9, 1e6), /not implemented/i);
});

test("a miss of the cache costs what it is said to, and a hit nothing", () => {
  // Eight half-words in two lines: four misses.
  const code = [...Array(7).fill(0xbf00), 0xe7fe];
  const cycles = (xip) => {
    const { pico } = started(code, [], xip);
    pico.run(8, 1e6);
    return [pico.cycles, pico.cache?.misses];
  };
  const [[free], [paid, misses]] = [cycles(undefined), cycles(40)];
  assert.equal(misses, 4);
  assert.equal(paid, free + 160);
});

/** Flags after an instruction on r0 and r1, `NZCV` as they are set; `carry`: before it. */
function flags(opcode, [r0, r1], carry) {
  const code = [load(0, 0, 0), load(1, 1, 1), load(2, 2, 2), 0x0852, opcode, 0xbf00];
  const { pico } = started(code, [r0, r1, carry ? 1 : 0]);
  pico.run(5, 1e6);
  const { core } = pico.chip;
  return ["N", "Z", "C", "V"].filter((flag) => core[flag]).join("");
}

test("flags are those of a Cortex-M0+ where rp2040js has others", () => {
  const [LSLS, LSRS, ASRS, ADCS, SBCS, RORS] = [0x4088, 0x40c8, 0x4108, 0x4148, 0x4188, 0x41c8];
  for (const shift of [LSRS, ASRS, RORS]) {
    assert.equal(flags(shift, [0x80000001, 0], false), "N");
    assert.equal(flags(shift, [0x80000001, 0], true), "NC");
    assert.equal(flags(shift, [0x80000001, 0x100], true), "NC");
  }
  assert.equal(flags(ASRS, [0x40000001, 1], false), "C");
  assert.equal(flags(ASRS, [0x80000000, 40], false), "NC");
  assert.equal(flags(LSLS, [1, 32], false), "ZC");
  assert.equal(flags(LSLS, [0xffffffff, 33], true), "Z");
  assert.equal(flags(ADCS, [0, 0x7fffffff], true), "NV");
  assert.equal(flags(ADCS, [0x7fffffff, 0], true), "NV");
  assert.equal(flags(ADCS, [0xffffffff, 0], true), "ZC");
  assert.equal(flags(SBCS, [0, 0x7fffffff], false), "N");
  assert.equal(flags(SBCS, [0x80000000, 0], false), "CV");
});
