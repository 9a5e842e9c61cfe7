//! `regard bin`: a model apart from the firmware, as the bytes of its bank of flash.
//!
//! ```text
//! bank   model │ erased flash, 0xFF │ record: generation, length, checksum
//! ```
//! Whoever writes it in the order of addresses writes the record last (docs/FORMAT.md, "banks").

use crate::cli::{BankArgs, BinArgs};
use crate::problem::Problem;
use crate::{engine, file, table};
use regard::format::bank::{RECORD_BYTES, emit};
use std::path::Path;

/// Writes the bytes, and says how a debug probe writes them into flash.
pub(crate) fn run(args: &BinArgs) -> Result<(), Problem> {
    file::refuse_overwrite(&args.output, &[&args.model])?;
    let image = image(&args.model, args.base, &args.bank, RECORD_BYTES as u32)?;
    file::write(&args.output, &image.bytes)?;
    let output = args.output.display();
    println!(
        "{output}: {} bytes of model in a bank of {}, generation {}\n\n\
         probe-rs download --binary-format bin --base-address {:#010x} --chip CHIP {output}",
        table::grouped(image.model_bytes),
        table::grouped(image.bytes.len()),
        args.bank.generation,
        args.base
    );
    Ok(())
}

/// A whole bank.
#[derive(Debug)]
pub(crate) struct Image {
    /// All of it.
    pub(crate) bytes: Vec<u8>,
    /// How many are the model's.
    pub(crate) model_bytes: usize,
}

/// The bank at `base` with the model of a file, if it starts and ends with a unit of flash.
pub(crate) fn image(
    model: &Path,
    base: u32,
    &BankArgs { bank: bytes, generation }: &BankArgs,
    unit: u32,
) -> Result<Image, Problem> {
    let whole = |number: usize| number.is_multiple_of(unit as usize);
    if !whole(base as usize) || !whole(bytes) || u64::from(base) + bytes as u64 > 1 << 32 {
        return Err(Problem::Bank { base, bytes, unit });
    }
    let model = engine::open(model)?;
    let model_bytes = model.file_bytes();
    let room = bytes.saturating_sub(RECORD_BYTES);
    let bytes = emit(&model, bytes, generation)
        .map_err(|_| Problem::BankTooSmall { need: model_bytes, room })?;
    Ok(Image { bytes, model_bytes })
}
