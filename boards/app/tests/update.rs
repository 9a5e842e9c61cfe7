//! Updates of a model in flash: whatever happens to them, a whole model is there.
#![cfg(feature = "banks")]

mod power;

use app::banks::{Banks, Emulated, Failure, Place, Target, Update};
use embedded_storage::nor_flash::{NorFlash, NorFlashErrorKind};
use power::{BANK, Flash, PAGE, Torn, UNIT};
use regard::format::Checksum;
use regard::format::bank::{self, RECORD_BYTES, Record, Refusal, pick};
use regard::{Model, include_model};
use std::sync::LazyLock;

static OLD: Model = include_model!("../../../models/eng-fra-tiny/eng-fra-tiny.rgd");
static NEW: Model = include_model!("../../../models/g2p-tiny/g2p-tiny.rgd");
const NEW_BYTES: &[u8] = include_bytes!("../../../models/g2p-tiny/g2p-tiny.rgd");

type Result<T = ()> = core::result::Result<T, Failure<NorFlashErrorKind>>;

/// Writes a model into a bank, so many bytes at a time.
fn write<F>(
    banks: &mut impl Banks<Flash = F>,
    (bank, record): (usize, Record),
    model: &[u8],
    at_once: usize,
) -> Result
where
    F: NorFlash<Error = NorFlashErrorKind>,
{
    let mut update = Update::start(&mut banks.place(bank), record)?;
    for bytes in model.chunks(at_once) {
        update.write(&mut banks.place(bank), bytes)?;
    }
    update.verify(&mut banks.place(bank))?.commit(&mut banks.place(bank))
}

/// What the old model says about itself, and the new one.
static RECORDS: LazyLock<[Record; 2]> =
    LazyLock::new(|| [Record::of(&OLD, 7), Record::of(&NEW, 8)]);
/// A bank with the new model.
static AFTER: LazyLock<Vec<u8>> = LazyLock::new(|| bank::emit(&NEW, BANK, 8).expect("fits"));
/// What flash may hold when an update starts: in bank 0 the old model, in the other an older one,
/// zeros, nothing.
static BEFORE: LazyLock<[Flash; 3]> = LazyLock::new(|| {
    let flash = Flash::new().with(0, &OLD, 7);
    let mut zeroed = flash.clone();
    zeroed.all()[BANK..].fill(0);
    [flash.clone().with(1, &NEW, 6), zeroed, flash]
});

/// The new model, into the bank that is free.
fn update(flash: &mut Flash) -> Result {
    let target = Target::beside([flash.bytes(0), flash.bytes(1)], Some(0))?;
    let record = Record { generation: target.generation, ..RECORDS[1] };
    write(flash, (target.bank, record), NEW_BYTES, 256)
}

/// Bank and record of the model that is picked.
fn picked(flash: &Flash) -> Option<(usize, Record)> {
    let picked = pick([flash.bytes(0), flash.bytes(1)], |_| Ok(())).ok()?;
    Some((picked.bank, picked.record))
}

/// An update that is cut when so many bytes are erased or programmed; whether the new model is there.
fn cut(power: usize) -> bool {
    const TORN: [Torn; 4] = [Torn::Prefix, Torn::Ones, Torn::Zeros, Torn::Noise];
    let mut flash = BEFORE[power % 3].clone();
    (flash.power, flash.torn) = (power, TORN[power / 3 % 4]);
    let outcome = update(&mut flash);
    let (bank, record) = picked(&flash).expect("a working model");
    let whole = flash.bytes(1) == *AFTER;
    let expected = (usize::from(whole), RECORDS[usize::from(whole)]);
    assert_eq!((bank, record), expected, "cut behind {power} bytes");
    assert!(whole || outcome == Err(Failure::Flash(NorFlashErrorKind::Other)));
    flash.restart();
    assert_eq!(update(&mut flash), Ok(()), "again, with power");
    assert_eq!(
        picked(&flash).map(|(_, record)| record.checksum),
        Some(Record::of(&NEW, 0).checksum)
    );
    whole
}

/// Bytes that a whole update erases and programs, and where its operations start.
fn whole() -> (usize, Vec<usize>) {
    let mut flash = BEFORE[0].clone();
    update(&mut flash).expect("power enough");
    (flash.done, flash.marks)
}

#[test]
fn of_400_updates_cut_at_random_points_each_leaves_the_old_model_or_the_new_one() {
    let ((work, _), mut state) = (whole(), 6u64);
    for _ in 0..400 {
        // Knuth's MMIX generator.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        assert!(!cut((state >> 33) as usize % work), "a cut update is not whole");
    }
    assert!(cut(work), "one that is not cut is");
}

#[test]
fn an_update_cut_at_204_points_around_pages_and_in_the_record_leaves_a_model() {
    let (work, marks) = whole();
    let erased = 1 + NEW_BYTES.len().div_ceil(PAGE);
    assert_eq!(work, erased * PAGE + NEW_BYTES.len().next_multiple_of(RECORD_BYTES) + RECORD_BYTES);
    let starts = marks.iter().filter(|mark| mark.is_multiple_of(PAGE));
    let around = starts.flat_map(|&start| [start.saturating_sub(1), start, start + 1]);
    let mut cuts: Vec<_> = around.chain(work - RECORD_BYTES - 1..=work).collect();
    cuts.sort_unstable();
    cuts.dedup();
    assert_eq!(cuts.len(), 204, "around 57 pages, and all of the record");
    for power in cuts {
        assert_eq!(cut(power), power == work, "cut behind {power} bytes");
    }
}

#[test]
fn the_record_is_programmed_last_and_its_page_erased_first() {
    let mut flash = BEFORE[0].clone();
    flash.power = PAGE;
    assert!(update(&mut flash).is_err());
    assert_eq!(Record::parse(flash.bytes(1)), Err(Refusal::Erased));
    assert_eq!(flash.bytes(1)[..NEW_BYTES.len()], *NEW_BYTES, "the older model is still there");
    let mut flash = BEFORE[0].clone();
    flash.power = whole().0 - RECORD_BYTES;
    assert!(update(&mut flash).is_err());
    assert_eq!(Record::parse(flash.bytes(1)), Err(Refusal::Erased));
    assert_eq!(flash.bytes(1)[..NEW_BYTES.len()], *NEW_BYTES, "all of the new model is there");
}

#[test]
fn what_is_written_does_not_depend_on_how_the_bytes_come() {
    fn check<const UNIT: usize>(at_once: usize) {
        const ROOM: usize = 128 * 1024;
        let mut memory = vec![0u32; 2 * ROOM / 4];
        let mut flash = Emulated::<UNIT, 2048> { cells: bytemuck::cast_slice_mut(&mut memory) };
        let record = Record::of(&NEW, 3);
        assert_eq!(write(&mut flash, (1, record), NEW_BYTES, at_once), Ok(()));
        let bank = flash.bytes(1);
        assert_eq!((Record::parse(bank), &bank[..NEW_BYTES.len()]), (Ok(record), NEW_BYTES));
    }
    for at_once in [1, 7, 255, 256, 257, 4096, NEW_BYTES.len()] {
        check::<1>(at_once);
        check::<4>(at_once);
        check::<32>(at_once);
    }
}

#[test]
fn what_cannot_fit_is_refused_before_anything_is_erased() {
    let flash = &BEFORE[0];
    let room = (BANK - RECORD_BYTES) as u32;
    for length in [0, room + 1, u32::MAX] {
        let mut flash = flash.clone();
        let record = Record { generation: 8, length, checksum: 0 };
        let refused = Update::start(&mut flash.place(1), record).expect_err("refused");
        assert_eq!((refused, flash.done), (Failure::Length { length, room }, 0));
    }
    let mut odd = BEFORE[0].clone();
    let record = Record::of(&NEW, 8);
    for (start, bytes) in [(UNIT as u32, BANK as u32), (0, BANK as u32 - 1), (0, 0)] {
        let refused = Update::start(&mut Place::new(&mut odd, start, bytes), record);
        assert!(refused.is_err(), "{bytes} bytes at {start}");
        assert_eq!(odd.done, 0);
    }
}

#[test]
fn a_model_may_reach_to_its_record() {
    let bank = NEW_BYTES.len().next_multiple_of(RECORD_BYTES) + RECORD_BYTES;
    let mut memory = vec![0u32; 2 * bank / 4];
    let mut flash = Emulated::<1, RECORD_BYTES> { cells: bytemuck::cast_slice_mut(&mut memory) };
    assert_eq!(write(&mut flash, (0, Record::of(&NEW, 1)), NEW_BYTES, 100), Ok(()));
    assert!(pick([flash.bytes(0), flash.bytes(1)], |_| Ok(())).is_ok_and(|found| found.bank == 0));
}

#[test]
fn bytes_that_are_missing_too_many_or_wrong_get_no_record() {
    let flash = &BEFORE[0];
    let (record, length) = (Record::of(&NEW, 8), NEW_BYTES.len() as u32);
    let attempt = |record, model: &[u8]| {
        let mut flash = flash.clone();
        let outcome = write(&mut flash, (1, record), model, 256);
        assert_eq!(picked(&flash), Some((0, Record::of(&OLD, 7))));
        assert_eq!(Record::parse(flash.bytes(1)), Err(Refusal::Erased));
        outcome.expect_err("refused")
    };
    let short = attempt(record, &NEW_BYTES[..1000]);
    assert_eq!(short, Failure::Unfinished { have: 1000, length });
    let long = attempt(record, &[NEW_BYTES, &[0]].concat());
    assert_eq!(long, Failure::TooMuch { length });
    let mut wrong = NEW_BYTES.to_vec();
    wrong[5000] ^= 1;
    let computed = Checksum::new().bytes(&wrong).finish();
    let announced = record.checksum;
    assert_eq!(attempt(record, &wrong), Failure::Checksum { announced, computed });
}

#[test]
fn the_next_model_goes_beside_the_one_in_use_one_generation_later() {
    let beside = |flash: &Flash, in_use| -> Result<(usize, u32)> {
        Target::beside([flash.bytes(0), flash.bytes(1)], in_use)
            .map(|target| (target.bank, target.generation))
    };
    let flash = Flash::new().with(0, &OLD, 7).with(1, &NEW, 6);
    assert_eq!(beside(&flash, Some(0)), Ok((1, 8)));
    assert_eq!(beside(&flash, Some(1)), Ok((0, 7)));
    assert_eq!(beside(&flash, None), Ok((0, 7)), "newer than one that is not taken today");
    assert_eq!(beside(&Flash::new(), None), Ok((0, 1)));
    let last = Flash::new().with(0, &OLD, u32::MAX);
    assert_eq!(beside(&last, Some(0)), Err(Failure::LastGeneration));
}
