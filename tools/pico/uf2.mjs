// UF2: what a Pico's boot loader takes over USB. Blocks of 512 bytes, each with a page of flash.
//
//   0x0A324655 0x9E5D5157 │ flags, address, length, number, blocks, family │ 476 bytes │ 0x0AB16F30
//
// Source: github.com/microsoft/uf2, README. Limits: the RP2040 alone, pages of 256 bytes as its boot
// ROM wants them; blocks that are not for the flash are passed over.

export const FLASH = 0x10000000;
export const FLASH_BYTES = 2 << 20;

const BLOCK = 512;
const PAGE = 256;
const MARKS = [
  [0, 0x0a324655],
  [4, 0x9e5d5157],
  [508, 0x0ab16f30],
];
const NOT_FOR_FLASH = 0x1;
const HAS_FAMILY = 0x2000;
const RP2040 = 0xe48bff56;

const hex = (number) => `0x${number.toString(16).padStart(8, "0")}`;

/** The pages of a UF2 file: `[{ address, data }]`. Throws what is wrong with it, with numbers. */
export function unpack(bytes) {
  if (bytes.length === 0 || bytes.length % BLOCK !== 0) {
    throw new Error(`not UF2: ${bytes.length} bytes are no whole number of blocks of ${BLOCK}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const pages = [];
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = at / BLOCK;
    const word = (offset) => view.getUint32(at + offset, true);
    check(block, word, bytes.length / BLOCK);
    if (!(word(8) & NOT_FOR_FLASH)) {
      pages.push({ address: word(12), data: bytes.subarray(at + 32, at + 32 + PAGE) });
    }
  }
  const twice = repeated(pages.map((page) => page.address));
  if (twice !== undefined) throw new Error(`two blocks of the UF2 file are for ${hex(twice)}`);
  return pages;
}

function check(block, word, blocks) {
  const wrong = (what) => new Error(`block ${block} of the UF2 file: ${what}`);
  for (const [offset, mark] of MARKS) {
    if (word(offset) !== mark) {
      throw wrong(`${hex(word(offset))} at byte ${offset} where ${hex(mark)} should be`);
    }
  }
  if (word(20) !== block) throw wrong(`it says that it is number ${word(20)}`);
  if (word(24) !== blocks) throw wrong(`it says that there are ${word(24)} blocks, not ${blocks}`);
  const [flags, address, length] = [word(8), word(12), word(16)];
  if (flags & NOT_FOR_FLASH) return;
  if (flags & HAS_FAMILY && word(28) !== RP2040) {
    throw wrong(`it is for family ${hex(word(28))}; an RP2040 is ${hex(RP2040)}`);
  }
  if (length !== PAGE) throw wrong(`${length} bytes of data; a page has ${PAGE}`);
  const end = FLASH + FLASH_BYTES;
  if (address % PAGE !== 0 || address < FLASH || address >= end) {
    throw wrong(`${hex(address)} is no page of the flash, ${hex(FLASH)} to ${hex(end)}`);
  }
}

function repeated(numbers) {
  const seen = new Set();
  return numbers.find((number) => seen.size === seen.add(number).size);
}

/** A UF2 file of what lies where: `[{ address, data }]`. What a page leaves open is zero. */
export function pack(pieces) {
  const pages = new Map();
  for (const { address, data } of pieces) {
    data.forEach((byte, offset) => {
      const start = address + offset - ((address + offset) % PAGE);
      if (!pages.has(start)) pages.set(start, new Uint8Array(PAGE));
      pages.get(start)[address + offset - start] = byte;
    });
  }
  const file = new Uint8Array(pages.size * BLOCK);
  const view = new DataView(file.buffer);
  [...pages.keys()].sort((a, b) => a - b).forEach((address, block) => {
    const at = block * BLOCK;
    MARKS.forEach(([offset, mark]) => view.setUint32(at + offset, mark, true));
    [HAS_FAMILY, address, PAGE, block, pages.size, RP2040].forEach((word, index) => {
      view.setUint32(at + 8 + 4 * index, word, true);
    });
    file.set(pages.get(address), at + 32);
  });
  return file;
}
