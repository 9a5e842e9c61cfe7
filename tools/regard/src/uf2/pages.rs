//! What goes into flash, in pages of 256 bytes by their address.

use super::family::{Family, Machine};
use crate::problem::Problem;
use object::LittleEndian;
use object::elf::{EM_ARM, EM_RISCV, FileHeader32, PT_LOAD};
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The bytes of a page, the smallest piece of flash that is programmed.
pub(crate) const PAGE: usize = 256;
/// The bytes of a sector, the smallest piece that is erased.
pub(crate) const SECTOR: u32 = 4096;

/// Pages by their address.
pub(crate) type Pages = BTreeMap<u32, [u8; PAGE]>;

/// Bytes, and where they go.
pub(crate) type Piece<'b> = (u32, &'b [u8]);

/// Is it an ELF file, by its first bytes?
pub(crate) fn is_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x7fELF")
}

/// What an ELF file wants loaded, by physical address.
pub(crate) fn of_elf<'b>(
    path: &Path,
    bytes: &'b [u8],
    family: &Family,
) -> Result<Vec<Piece<'b>>, Problem> {
    let broken = |cause: object::Error| Problem::Elf { path: path.into(), cause };
    let header = FileHeader32::<LittleEndian>::parse(bytes).map_err(broken)?;
    let endian = header.endian().map_err(broken)?;
    let machine = match header.e_machine(endian) {
        EM_ARM => Some(Machine::Arm),
        EM_RISCV => Some(Machine::Riscv),
        _ => None,
    };
    if family.machine.is_some_and(|wanted| machine != Some(wanted)) {
        let (have, family) = (header.e_machine(endian), family.clone());
        return Err(Problem::Machine { path: path.into(), have, family });
    }
    let mut pieces = Vec::new();
    for segment in header.program_headers(endian, bytes).map_err(broken)? {
        if segment.p_type(endian) == PT_LOAD && segment.p_filesz(endian) > 0 {
            let cut = |()| Problem::CutElf { path: path.into(), have: bytes.len() };
            pieces.push((segment.p_paddr(endian), segment.data(endian, bytes).map_err(cut)?));
        }
    }
    Ok(pieces)
}

/// The pages of all pieces, if they lie apart and in the family's flash; zeros where nothing is.
pub(crate) fn of_pieces(mut pieces: Vec<Piece<'_>>, family: &Family) -> Result<Pages, Problem> {
    pieces.sort_by_key(|(address, _)| *address);
    let mut pages = Pages::new();
    let mut before = 0;
    for (address, bytes) in pieces {
        let (from, to) = (u64::from(address), u64::from(address) + bytes.len() as u64);
        check_place(from, to, family)?;
        if from < before {
            return Err(Problem::Overlap { address });
        }
        before = to;
        for (at, &byte) in (address..=u32::MAX).zip(bytes) {
            let in_page = at as usize % PAGE;
            pages.entry(at - in_page as u32).or_insert([0; PAGE])[in_page] = byte;
        }
    }
    fill_sectors(&mut pages);
    Ok(pages)
}

fn check_place(from: u64, to: u64, family: &Family) -> Result<(), Problem> {
    let flash = family.flash.clone().unwrap_or(0..u32::MAX);
    let (first, end) = (flash.start, flash.end);
    if from < u64::from(first) || to > u64::from(end) {
        return Err(Problem::OutsideFlash { from, to, first, end, family: family.clone() });
    }
    Ok(())
}

/// Adds what is missing in sectors that are written, but for what follows the last page.
fn fill_sectors(pages: &mut Pages) {
    let Some((&last, _)) = pages.last_key_value() else { return };
    let sectors: BTreeSet<u32> = pages.keys().map(|address| address - address % SECTOR).collect();
    for sector in sectors {
        for page in (sector..last.min(sector.saturating_add(SECTOR))).step_by(PAGE) {
            pages.entry(page).or_insert([0; PAGE]);
        }
    }
}
