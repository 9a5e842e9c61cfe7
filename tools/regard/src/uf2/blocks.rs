//! Pages of flash as a UF2 file: what a board that shows itself as a disk takes.
//!
//! ```text
//! block, 512 bytes:  "UF2\n" · 0x9E5D5157 · flags · address · 256 · number · how many · family
//!                    256 bytes of flash, zeros up to byte 508 · 0x0AB16F30
//! ```
//! Blocks go up by address, numbered from 0. All pages of a 4-KB sector are there from its first on, for the
//! boot ROM of the RP2040 erases a sector when it sees a block whose number is a multiple of 16; only behind
//! the last page nothing follows. So files equal those of `elf2uf2` and of `picotool uf2 convert`.
//!
//! Erratum RP2350-E10: without one block of the family `absolute` in front, for an address at the end of the
//! address space of flash, an RP2350 A2 with partitions misplaces what it is sent. picotool puts it there for
//! all, tagged so that later revisions leave it out. A Pico 2 of that revision writes it at the end of its
//! 4 MB, for higher bits of the address do not count there: keep nothing in the last 4 KB.
//!
//! Sources: microsoft/uf2, README; raspberrypi/picotool, `elf2uf2/elf2uf2.cpp`.

use super::family::{ABSOLUTE, Family};
use super::pages::{PAGE, Pages};

/// The bytes of a block.
pub(crate) const BLOCK: usize = 512;

const MAGIC: [u32; 2] = [0x0A32_4655, 0x9E5D_5157];
const MAGIC_END: u32 = 0x0AB1_6F30;
const FAMILY_PRESENT: u32 = 0x2000;
const TAGS_PRESENT: u32 = 0x8000;
/// The tag "an RP2350 is to leave this block out".
const IGNORE: u32 = 0x9957_E304;
/// Where the block for erratum E10 goes, and what is in it.
const E10_ADDRESS: u32 = 0x10FF_FF00;
const E10_BYTE: u8 = 0xEF;

/// A UF2 file.
pub(crate) fn emit(pages: &Pages, family: &Family) -> Vec<u8> {
    let mut file = Vec::with_capacity((pages.len() + 1) * BLOCK);
    if family.e10 {
        let mut block = block(E10_ADDRESS, [0, 2], ABSOLUTE, &[E10_BYTE; PAGE]);
        put(&mut block, 8, FAMILY_PRESENT | TAGS_PRESENT);
        put(&mut block, 32 + PAGE, IGNORE);
        file.extend(block);
    }
    let count = pages.len() as u32;
    for (number, (address, page)) in (0..).zip(pages) {
        file.extend(block(*address, [number, count], family.id, page));
    }
    file
}

fn block(address: u32, [number, count]: [u32; 2], family: u32, page: &[u8; PAGE]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let head = [MAGIC[0], MAGIC[1], FAMILY_PRESENT, address, PAGE as u32, number, count, family];
    for (at, word) in head.into_iter().enumerate() {
        put(&mut block, at * 4, word);
    }
    block[32..32 + PAGE].copy_from_slice(page);
    put(&mut block, BLOCK - 4, MAGIC_END);
    block
}

fn put(block: &mut [u8; BLOCK], at: usize, word: u32) {
    block[at..at + 4].copy_from_slice(&word.to_le_bytes());
}
