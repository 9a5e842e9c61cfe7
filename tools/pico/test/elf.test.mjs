import assert from "node:assert/strict";
import { test } from "node:test";
import { isElf, segments } from "../elf.mjs";

/** An ELF file with a segment of three bytes for 0x10000100, linked for RAM, and an empty one. */
function elf() {
  const bytes = new Uint8Array(52 + 64 + 3);
  const view = new DataView(bytes.buffer);
  const word = (at, value) => view.setUint32(at, value, true);
  word(0, 0x464c457f);
  bytes.set([1, 1], 4);
  view.setUint16(18, 40, true);
  word(28, 52);
  view.setUint16(44, 2, true);
  [1, 116, 0x20000000, 0x10000100, 3, 3].forEach((value, index) => word(52 + 4 * index, value));
  [1, 119, 0x20000004, 0x10000104, 0, 9].forEach((value, index) => word(84 + 4 * index, value));
  bytes.set([1, 2, 3], 116);
  return bytes;
}

test("segments lie where flash has them, empty ones nowhere", () => {
  assert.ok(isElf(elf()));
  assert.deepEqual(segments(elf()), [{ address: 0x10000100, data: Uint8Array.of(1, 2, 3) }]);
});

test("files of other machines and files that are cut off are refused", () => {
  const x86 = elf();
  x86[18] = 62;
  assert.throws(() => segments(x86), /machine 62/);
  assert.throws(() => segments(elf().subarray(0, 40)), /40 bytes are too few/);
  assert.throws(() => segments(elf().subarray(0, 100)), /2 segments at byte 52 .* 100 bytes/);
  assert.throws(() => segments(elf().subarray(0, 118)), /ends at byte 119 of 118/);
});
