//! Models apart from the firmware: whatever is in two banks of flash, the answer is the newest whole
//! model or a typed refusal.

mod variants;

use regard::format::bank::{self, Picked, RECORD_BYTES, Record, Refusal, pick};
use regard::format::{Checksum, emit::seal};
use regard::{Error, Model};
use std::fmt::Write;
use variants::{Noise, check_promise, dims, every_variant, file};

/// Any model will do.
fn any(_: &Model<'_>) -> Result<(), Error> {
    Ok(())
}

/// A bank with a model, with room for a few bytes more, as words, so that it is aligned.
fn bank(words: &[u32], generation: u32) -> Vec<u32> {
    let model = Model::parse(words).expect("parses");
    let bytes = bank::emit(&model, model.file_bytes() + 3 * RECORD_BYTES, generation);
    self::words(&bytes.expect("fits"))
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|&word| u32::from_le_bytes(word)).collect()
}

fn bytes(words: &[u32]) -> &[u8] {
    bytemuck::cast_slice(words)
}

/// What is made of two banks.
fn picked<'m>(a: &'m [u32], b: &'m [u32]) -> Result<Picked<'m>, [Refusal; 2]> {
    pick([bytes(a), bytes(b)], any)
}

/// Why the first of two banks is refused, the other being erased.
fn refusal(a: &[u32]) -> Refusal {
    let [refusal, other] = picked(a, &[!0; 16]).expect_err("refused");
    assert_eq!(other, Refusal::Erased);
    refusal
}

/// A bank whose record is not as it should be, but whole.
fn with_record(change: impl FnOnce(&mut [u32; 8])) -> Vec<u32> {
    let mut words = bank(&file(&dims(), 1), 1);
    let record = words.last_chunk_mut().expect("a record");
    change(record);
    record[7] = Checksum::of(&record[..7]);
    words
}

#[test]
fn a_model_comes_back_from_its_bank_and_works() {
    for dims in every_variant() {
        let words = file(&dims, 1);
        let banks = [bank(&words, 7), vec![!0; 64]];
        let picked = picked(&banks[0], &banks[1]).expect("picked");
        assert_eq!((picked.bank, picked.record.generation), (0, 7));
        assert_eq!(picked.record.length as usize, words.len() * 4);
        assert_eq!(picked.other, Err(Refusal::Erased));
        check_promise(&picked.model);
    }
}

#[test]
fn a_record_is_the_last_32_bytes_and_its_words_are_those_of_the_page() {
    let words = file(&dims(), 1);
    let (banked, length) = (bank(&words, 0x0102_0304), words.len() as u32 * 4);
    let mut record = [u32::from_le_bytes(*b"bnk\x01"), 1, 0x0102_0304, length, 0, 0, 0, 0];
    record[4] = Checksum::of(&words);
    record[7] = Checksum::of(&record[..7]);
    assert_eq!(banked[banked.len() - 8..], record);
    assert!(banked[words.len()..banked.len() - 8].iter().all(|&word| word == !0));
}

#[test]
fn the_larger_generation_is_newer_and_equal_ones_are_bank_0s() {
    let (old, new) = (file(&dims(), 1), file(&dims(), 2));
    for (a, b, newest) in [(1, 2, 1), (2, 1, 0), (5, 5, 0), (0, u32::MAX, 1), (u32::MAX, 0, 0)] {
        let banks = [bank(&old, a), bank(&new, b)];
        let picked = picked(&banks[0], &banks[1]).expect("picked");
        assert_eq!(picked.bank, newest, "generations {a} and {b}");
        assert_eq!(picked.other.map(|other| other.generation), Ok(if newest == 0 { b } else { a }));
    }
}

#[test]
fn a_newer_model_that_is_damaged_or_not_accepted_falls_back() {
    let banks = [bank(&file(&dims(), 1), 8), bank(&file(&dims(), 2), 9)];
    let mut damaged = banks[1].clone();
    damaged[100] ^= 1;
    let fallen = picked(&banks[0], &damaged).expect("the old one");
    assert_eq!(fallen.bank, 0);
    assert!(matches!(fallen.other, Err(Refusal::Checksum { .. })));
    let small = Error::ArenaTooSmall { need: 2, have: 1 };
    let (mut asked, [old, new]) = (0, [&banks[0], &banks[1]]);
    let accept = |_: &Model<'_>| {
        asked += 1;
        if asked == 1 { Err(small) } else { Ok(()) }
    };
    let fallen = pick([bytes(old), bytes(new)], accept).expect("the old one");
    assert_eq!((fallen.bank, fallen.other), (0, Err(Refusal::Model(small))));
    let none = pick([bytes(old), bytes(&damaged)], |_| Err(small)).expect_err("none");
    assert_eq!(none[0], Refusal::Model(small));
    assert!(matches!(none[1], Refusal::Checksum { .. }));
}

#[test]
fn what_is_no_record_is_named_with_its_numbers() {
    assert_eq!(refusal(&[]), Refusal::TooSmall { have: 0 });
    assert_eq!(refusal(&[!0; 7]), Refusal::TooSmall { have: 28 });
    assert_eq!(refusal(&[!0; 99]), Refusal::Erased);
    assert_eq!(refusal(&[0; 99]), Refusal::Zeroed);
    assert_eq!(refusal(&[0xE7FE_E7FE; 99]), Refusal::BadMagic { found: 0xE7FE_E7FE });
    let bare = file(&dims(), 1);
    assert!(matches!(refusal(&bare), Refusal::BadMagic { .. }), "a file is not a bank");
    let room = bytes(&bare).len() + 2 * RECORD_BYTES;
    let lies = [
        (1, 2, Refusal::BadVersion { found: 2 }),
        (3, 0, Refusal::Length { length: 0, room }),
        (3, room as u32 + 1, Refusal::Length { length: room as u32 + 1, room }),
        (3, !0, Refusal::Length { length: !0, room }),
        (5, 6, Refusal::Reserved { found: 6 }),
        (6, 1, Refusal::Reserved { found: 1 }),
    ];
    for (word, lie, expected) in lies {
        assert_eq!(refusal(&with_record(|record| record[word] = lie)), expected);
    }
    let mut torn = bank(&bare, 1);
    *torn.last_mut().expect("a record") = !0;
    assert!(matches!(refusal(&torn), Refusal::RecordChecksum { stored: 0xFFFF_FFFF, .. }));
}

#[test]
fn models_that_this_build_cannot_read_are_refused_though_their_records_are_whole() {
    let sealed = |change: fn(&mut Vec<u32>)| {
        let mut words = file(&dims(), 1);
        change(&mut words);
        seal(&mut words);
        let bare = words.len();
        let record =
            Record { generation: 1, length: bare as u32 * 4, checksum: Checksum::of(&words) };
        words.extend(self::words(&record.emit()));
        refusal(&words)
    };
    let version = sealed(|words| words[1] = 5);
    assert_eq!(version, Refusal::Model(Error::BadVersion { major: 5, minor: 0 }));
    let foreign = sealed(|words| words[0] = 0x464C_457F);
    assert_eq!(foreign, Refusal::Model(Error::BadMagic { found: 0x464C_457F }));
    let short = with_record(|record| {
        record[3] -= 16;
        record[4] = Checksum::of(&file(&dims(), 1)[..record[3] as usize / 4]);
    });
    let Refusal::Model(Error::Truncated { need, have }) = refusal(&short) else { panic!() };
    assert_eq!(need, have + 16);
}

#[test]
fn a_bank_at_an_odd_address_is_refused() {
    let words = bank(&file(&dims(), 1), 1);
    let mut shifted = vec![0u32; words.len() + 1];
    bytemuck::cast_slice_mut(&mut shifted)[1..][..words.len() * 4].copy_from_slice(bytes(&words));
    let odd = &bytes(&shifted)[1..][..words.len() * 4];
    let [refused, _] = pick([odd, &[]], any).expect_err("refused");
    assert_eq!(refused, Refusal::Model(Error::Misaligned { by: 1 }));
}

/// A bank that is overwritten in the order of its addresses, cut behind every byte, over erased
/// flash, over zeros, and over the old model, whose record is still there.
#[test]
fn every_cut_leaves_the_old_model_or_the_new_one_and_never_a_mixture() {
    let (kept, gone, new) = (file(&dims(), 1), file(&dims(), 2), file(&dims(), 3));
    let (in_use, gone, new) = (bank(&kept, 4), bank(&gone, 5), bank(&new, 6));
    let mut torn = 0;
    for old in [vec![!0; new.len()], vec![0; new.len()], gone.clone()] {
        let mut state = old.clone();
        for cut in 0..=bytes(&new).len() {
            if let Some(last) = cut.checked_sub(1) {
                bytemuck::cast_slice_mut::<u32, u8>(&mut state)[last] = bytes(&new)[last];
            }
            let picked = picked(&in_use, &state).expect("a model");
            let whole = state == new || state == gone;
            assert_eq!(picked.bank, usize::from(whole), "cut behind {cut} bytes");
            assert_eq!(picked.other.is_ok(), whole, "cut behind {cut} bytes");
            torn += usize::from(!whole);
        }
    }
    assert!(torn > 20_000, "{torn} torn states");
}

#[test]
fn of_a_thousand_random_flips_of_1_to_4_bits_the_record_sees_all_and_says_where() {
    let words = bank(&read("models/eng-fra-tiny/eng-fra-tiny.rgd"), 1);
    let record = Record::parse(bytes(&words)).expect("whole");
    let mut noise = Noise::new(6);
    for round in 0..1_000 {
        let (mut flipped, count) = (words.clone(), round % 4 + 1);
        // Of all that counts: the model, and the record, of which every tenth flip is one.
        let (first, len) = match round % 10 {
            9 => (words.len() - 8, 8),
            _ => (0, record.length as usize / 4),
        };
        let mut chosen = Vec::new();
        while chosen.len() < count {
            let bit = noise.below(len as u64 * 32) as usize;
            if !chosen.contains(&bit) {
                flipped[first + bit / 32] ^= 1 << (bit % 32);
                chosen.push(bit);
            }
        }
        let why = refusal(&flipped);
        assert!(!matches!(why, Refusal::Model(_)), "seen by the record: {why}");
        let of_model = matches!(why, Refusal::Checksum { .. });
        assert_eq!(of_model, first == 0, "flips from word {first} on: {why}");
    }
}

#[test]
fn every_refusal_says_why_in_one_line() {
    let mut told = String::new();
    for refusal in [
        Refusal::TooSmall { have: 28 },
        Refusal::Erased,
        Refusal::Zeroed,
        Refusal::BadMagic { found: 1 },
        Refusal::BadVersion { found: 7 },
        Refusal::RecordChecksum { stored: 2, computed: 3 },
        Refusal::Reserved { found: 8 },
        Refusal::Length { length: 4, room: 5 },
        Refusal::Checksum { stored: 9, computed: 10 },
        Refusal::Model(Error::BadVersion { major: 5, minor: 6 }),
    ] {
        writeln!(told, "{refusal}").expect("a string takes all");
    }
    let expected = "\
the bank is too small: 32 bytes needed, 28 given
there is no record: its flash is erased
there is no record: its flash is all zeros
there is no record: its place starts with 0x00000001
the record has version 7
the record's checksum is wrong: 0x00000002 stored, 0x00000003 computed
a word of the record is not zero: 0x00000008
the model's length is wrong: 4 bytes stated, 5 at most
the model is not that of the record: 0x00000009 stored, 0x0000000a computed
the model file has another version of the format: 5.6
";
    assert_eq!(told, expected);
}

fn read(path: &str) -> Vec<u32> {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    words(&std::fs::read(path).expect("a model file"))
}
