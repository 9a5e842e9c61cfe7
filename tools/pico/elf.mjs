// What an ELF file puts into flash: its loadable segments, by their physical addresses.
//
// Source: *System V ABI*, 4 and 5. Limits: 32 bits, little endian, ARM.

const MAGIC = 0x464c457f;
const ARM = 40;
const LOAD = 1;
const HEADER = 52;
const ENTRY = 32;

/** Does a file begin as ELF files do? */
export function isElf(bytes) {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === MAGIC;
}

const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** `[{ address, data }]`. Throws what is wrong with the file, with numbers. */
export function segments(bytes) {
  if (bytes.length < HEADER) throw new Error(`${bytes.length} bytes are too few for an ELF file`);
  const view = viewOf(bytes);
  if (bytes[4] !== 1 || bytes[5] !== 1 || view.getUint16(18, true) !== ARM) {
    throw new Error(`an ELF file for machine ${view.getUint16(18, true)}; an RP2040 is ${ARM}`);
  }
  const [start, count] = [view.getUint32(28, true), view.getUint16(44, true)];
  if (start + count * ENTRY > bytes.length) {
    throw new Error(`${count} segments at byte ${start} of an ELF file of ${bytes.length} bytes`);
  }
  const pieces = [];
  for (let at = start; at < start + count * ENTRY; at += ENTRY) {
    const [type, offset, , address, length] = [0, 4, 8, 12, 16].map((o) => view.getUint32(at + o, true));
    if (type !== LOAD || length === 0) continue;
    if (offset + length > bytes.length) {
      throw new Error(`a segment ends at byte ${offset + length} of ${bytes.length} of the ELF file`);
    }
    pieces.push({ address, data: bytes.subarray(offset, offset + length) });
  }
  return pieces;
}
