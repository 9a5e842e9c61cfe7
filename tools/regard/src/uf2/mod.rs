//! `regard uf2`: firmware, or a model apart from it, as a file to drop on a board's disk.
//!
//! ```text
//! ELF       what is loaded, by physical address ┐
//! .rgd      checked; --bank: with its record    ├─ pages of 256 bytes ─► blocks of 512
//! any other as it is, at --base                 ┘  (pages.rs)            (blocks.rs)
//! ```

mod blocks;
pub(crate) mod family;
mod pages;

use crate::bin::{self, Image};
use crate::cli::{BankArgs, Uf2Args};
use crate::problem::Problem;
use crate::{engine, file, table};
use pages::{Pages, SECTOR};
use regard::format::MAGIC;

/// Writes the file, and says what it would write into flash.
pub(crate) fn run(args: &Uf2Args) -> Result<(), Problem> {
    file::refuse_overwrite(&args.output, &[&args.file])?;
    let bytes = file::read(&args.file)?;
    let pages = match (args.base, args.bank) {
        _ if pages::is_elf(&bytes) => of_firmware(args, &bytes)?,
        (Some(base), Some(bank)) => of_bank(args, base, bank)?,
        (Some(base), None) => of_bytes(args, base, &bytes)?,
        (None, _) => return Err(Problem::NoBase { path: args.file.clone() }),
    };
    let (Some((first, _)), Some((last, _))) = (pages.first_key_value(), pages.last_key_value())
    else {
        return Err(Problem::NothingToWrite { path: args.file.clone() });
    };
    let written = blocks::emit(&pages, &args.family);
    file::write(&args.output, &written)?;
    let [blocks, bytes] = [written.len() / blocks::BLOCK, pages.len() * pages::PAGE];
    println!(
        "{}: {} blocks, {} bytes of flash in {first:#010x} … {:#010x}, family {}",
        args.output.display(),
        table::grouped(blocks),
        table::grouped(bytes),
        last + (pages::PAGE as u32 - 1),
        args.family
    );
    Ok(())
}

fn of_firmware(args: &Uf2Args, bytes: &[u8]) -> Result<Pages, Problem> {
    if args.base.is_some() {
        return Err(Problem::BaseOfElf { path: args.file.clone() });
    }
    pages::of_pieces(pages::of_elf(&args.file, bytes, &args.family)?, &args.family)
}

/// As they are; but a model that is broken is better known now.
fn of_bytes(args: &Uf2Args, base: u32, bytes: &[u8]) -> Result<Pages, Problem> {
    if !base.is_multiple_of(SECTOR) {
        return Err(Problem::Base { base, unit: SECTOR });
    }
    if bytes.starts_with(&MAGIC.to_le_bytes()) {
        engine::open(&args.file)?;
    }
    pages::of_pieces(vec![(base, bytes)], &args.family)
}

/// The sectors that the model lies in, and the one of the record.
fn of_bank(args: &Uf2Args, base: u32, bank: usize) -> Result<Pages, Problem> {
    let bank = BankArgs { bank, generation: args.generation };
    let Image { bytes, model_bytes } = bin::image(&args.file, base, &bank, SECTOR)?;
    let sector = SECTOR as usize;
    let (end, record) = (model_bytes.next_multiple_of(sector), bytes.len() - sector);
    if end > record {
        return pages::of_pieces(vec![(base, &bytes)], &args.family);
    }
    let pieces = vec![(base, &bytes[..end]), (base + record as u32, &bytes[record..])];
    pages::of_pieces(pieces, &args.family)
}
