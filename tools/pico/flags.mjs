// Flags that rp2040js 1.4.1 sets otherwise than a Cortex-M0+ does; rounding in regard's kernels, and
// comparisons of 64 bits, depend on them.
//
//   LSRS, ASRS, RORS by 0          leave the carry as it was
//   LSLS by more than 32           clears it
//   ADCS, SBCS                     overflow counts the carry in, and does not add it to an operand first
//
// Source: *ARMv6-M Architecture Reference Manual*, A2.2.1 and A6.7. All other instructions that a
// firmware here executes agree: `conformance` compares every kernel with the host.

const FIRST = 0x4080;
const COUNT = 0x180;
const [LSL, , , ADC, SBC] = [2, 3, 4, 5, 6, 7];

/** Is it one of these instructions? */
export const isMended = (opcode) => opcode >= FIRST && opcode < FIRST + COUNT;

/** Executes one of them, with the right flags. */
export function execute(core, opcode) {
  const { registers, C: carry } = core;
  const [place, other] = [opcode & 7, registers[(opcode >> 3) & 7]];
  const before = registers[place];
  core.executeInstruction();
  const after = registers[place];
  switch ((opcode >> 6) & 0xf) {
    case ADC:
      core.V = ((before ^ after) & (other ^ after)) < 0;
      break;
    case SBC:
      core.V = ((before ^ other) & (before ^ after)) < 0;
      break;
    case LSL:
      if ((other & 0xff) > 32) core.C = false;
      break;
    default:
      if ((other & 0xff) === 0) core.C = carry;
  }
}
