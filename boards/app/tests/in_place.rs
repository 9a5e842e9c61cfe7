//! Banks that are read as memory: what a driver wrote is there, where the bank starts, and nowhere else.
#![cfg(feature = "banks")]

mod power;

use app::banks::{Banks, Failure, InPlace, Target, Update};
use embedded_storage::nor_flash::{NorFlash, NorFlashErrorKind};
use power::{Flash, PAGE};
use regard::format::Checksum;
use regard::format::bank::{Record, Refusal, pick};
use regard::{Model, SelfTest, Transformer, include_model};
use std::ops::Range;

static MODEL: Model = include_model!("../../../models/eng-fra-tiny/eng-fra-tiny.rgd");
const MODEL_BYTES: &[u8] = include_bytes!("../../../models/eng-fra-tiny/eng-fra-tiny.rgd");

/// Where the banks start: other things lie in front of them, between them and behind.
const STARTS: [u32; 2] = [3 * PAGE as u32, 60 * PAGE as u32];
const BYTES: u32 = 50 * PAGE as u32;

fn range(bank: usize) -> Range<usize> {
    let start = STARTS[bank] as usize;
    start..start + BYTES as usize
}

fn in_place(flash: &mut Flash) -> InPlace<&mut Flash> {
    let mapped = flash.address();
    // SAFETY: there its bytes lie and stay, and only the flash, which is borrowed, changes them.
    unsafe { InPlace::new(flash, mapped, STARTS, BYTES) }
}

/// A flash in which no two pages are alike, nor erased.
fn full() -> Flash {
    let mut flash = Flash::new();
    for (at, byte) in flash.all().iter_mut().enumerate() {
        *byte = (at % 13 + at / PAGE) as u8;
    }
    flash
}

/// Writes `model` into a bank.
fn write(
    banks: &mut impl Banks<Flash: NorFlash<Error = NorFlashErrorKind>>,
    (bank, record): (usize, Record),
    model: &[u8],
) -> Result<(), Failure<NorFlashErrorKind>> {
    let mut update = Update::start(&mut banks.place(bank), record)?;
    update.write(&mut banks.place(bank), model)?;
    update.verify(&mut banks.place(bank))?.commit(&mut banks.place(bank))
}

#[test]
fn the_bytes_of_a_bank_are_those_of_the_flash_from_its_start_on() {
    let mut flash = full();
    let (expected, mapped) = (flash.all().to_vec(), flash.address());
    let banks = in_place(&mut flash);
    for bank in [0, 1] {
        assert_eq!(banks.bytes(bank).as_ptr().addr(), mapped + range(bank).start);
        assert!(banks.bytes(bank) == &expected[range(bank)], "bank {bank}");
    }
}

#[test]
fn a_model_that_was_written_runs_where_it_lies_and_all_around_it_stays() {
    for bank in [0, 1] {
        let mut flash = full();
        let before = flash.all().to_vec();
        let mut banks = in_place(&mut flash);
        assert!(pick([banks.bytes(0), banks.bytes(1)], |_| Ok(())).is_err());
        let record = Record::of(&MODEL, 5);
        assert_eq!(write(&mut banks, (bank, record), MODEL_BYTES), Ok(()));
        let picked = pick([banks.bytes(0), banks.bytes(1)], |_| Ok(())).expect("a model");
        assert_eq!((picked.bank, picked.record), (bank, record));
        let mut arena = vec![0u32; picked.model.arena_bytes() / 4];
        let mut engine = Transformer::new(&picked.model, bytemuck::cast_slice_mut(&mut arena))
            .expect("an arena that fits");
        assert_eq!(SelfTest::of(&picked.model).run(&mut engine), Ok(()));
        let outside = |at: usize| !range(bank).contains(&at);
        let after = flash.all();
        assert!((0..after.len()).filter(|&at| outside(at)).all(|at| after[at] == before[at]));
        assert_eq!(&after[range(bank)][..MODEL_BYTES.len()], MODEL_BYTES);
    }
}

#[test]
fn updates_go_to_the_bank_that_is_not_in_use_and_are_seen_at_once() {
    let mut flash = full();
    let mut banks = in_place(&mut flash);
    let mut in_use = None;
    for (round, bank) in [0, 1, 0, 1].into_iter().enumerate() {
        let target = Target::beside::<()>([banks.bytes(0), banks.bytes(1)], in_use).expect("room");
        assert_eq!((target.bank, target.generation), (bank, round as u32 + 1));
        let record = Record::of(&MODEL, target.generation);
        assert_eq!(write(&mut banks, (bank, record), MODEL_BYTES), Ok(()));
        let picked = pick([banks.bytes(0), banks.bytes(1)], |_| Ok(())).expect("a model");
        assert_eq!((picked.bank, picked.record), (bank, record));
        in_use = Some(bank);
    }
}

#[test]
fn a_driver_that_fails_half_way_leaves_bytes_that_are_seen_as_they_are() {
    let mut flash = full();
    let record = Record::of(&MODEL, 1);
    flash.power = 40 * PAGE + 1000;
    let mut banks = in_place(&mut flash);
    let failed = write(&mut banks, (1, record), MODEL_BYTES);
    assert_eq!(failed, Err(Failure::Flash(NorFlashErrorKind::Other)));
    let seen = Checksum::new().bytes(banks.bytes(1)).finish();
    assert_eq!(Record::parse(banks.bytes(1)), Err(Refusal::Erased));
    assert_eq!(Checksum::new().bytes(&flash.all()[range(1)]).finish(), seen);
}
