import assert from "node:assert/strict";
import { test } from "node:test";
import { FLASH, pack, unpack } from "../uf2.mjs";

/** Two pages, the second from two pieces with a hole between them. */
const pieces = () => [
  { address: FLASH + 0x100, data: Uint8Array.of(5, 6) },
  { address: FLASH, data: new Uint8Array(256).fill(7) },
  { address: FLASH + 0x104, data: Uint8Array.of(9) },
];

test("what is packed comes out again, in order of addresses, holes as zeros", () => {
  const pages = unpack(pack(pieces()));
  assert.deepEqual(pages.map((page) => page.address), [FLASH, FLASH + 0x100]);
  assert.deepEqual([...pages[0].data], Array(256).fill(7));
  assert.deepEqual([...pages[1].data.subarray(0, 6)], [5, 6, 0, 0, 9, 0]);
});

const changed = (block, offset, value) => {
  const file = pack(pieces());
  new DataView(file.buffer).setUint32(512 * block + offset, value, true);
  return file;
};

test("each field that is wrong is an error that says where", () => {
  const errors = [
    [0, 0, 1, /block 0 .*0x00000001 at byte 0 where 0x0a324655/],
    [1, 4, 2, /block 1 .*0x00000002 at byte 4/],
    [1, 508, 3, /block 1 .*0x00000003 at byte 508/],
    [1, 12, 0x20000000, /block 1 .*0x20000000 is no page of the flash/],
    [1, 12, FLASH + 0x80, /block 1 .*0x10000080 is no page/],
    [1, 12, FLASH + 0x200000, /block 1 .*0x10200000 is no page/],
    [1, 12, FLASH, /two blocks .*0x10000000/],
    [0, 16, 476, /block 0 .*476 bytes of data/],
    [1, 20, 0, /block 1 .*number 0/],
    [0, 24, 3, /block 0 .*3 blocks, not 2/],
    [0, 28, 0xe48bff59, /block 0 .*family 0xe48bff59/],
  ];
  for (const [block, offset, value, message] of errors) {
    assert.throws(() => unpack(changed(block, offset, value)), message);
  }
});

test("blocks that are not for the flash are passed over", () => {
  assert.equal(unpack(changed(0, 8, 0x2001)).length, 1);
});

test("a file that is cut off is refused", () => {
  assert.throws(() => unpack(pack(pieces()).subarray(0, 700)), /700 bytes are no whole number/);
  assert.throws(() => unpack(pack(pieces()).subarray(0, 512)), /2 blocks, not 1/);
  assert.throws(() => unpack(new Uint8Array(0)), /0 bytes/);
});
