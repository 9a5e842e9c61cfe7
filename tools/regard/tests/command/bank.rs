//! The bytes of a bank, as the engine reads them back.

use crate::bed::{fails, folder, model, regard, stderr, stdout};
use regard::format::bank::{Record, Refusal, pick};
use std::fs;
use std::path::{Path, PathBuf};

fn tiny() -> PathBuf {
    model("eng-fra-tiny", "eng-fra-tiny.rgd")
}

/// A bank with the tiny model in it.
fn bank(bed: &Path, options: &[&str]) -> Vec<u8> {
    let tiny = tiny();
    let fixed = ["bin", tiny.to_str().expect("UTF-8"), "--base", "0x10100000", "-o", "m.bin"];
    let output = regard(bed, &[&fixed[..], options].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("--base-address 0x10100000"), "{}", stdout(&output));
    fs::read(bed.join("m.bin")).expect("written")
}

/// The same bytes at a multiple of four.
fn aligned(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks(4).map(|word| u32::from_le_bytes(word.try_into().expect("four"))).collect()
}

#[test]
fn the_engine_finds_the_model_and_takes_the_newer_of_two() {
    let bed = folder("bank");
    let old = bank(&bed, &["--bank", "160K"]);
    let new = bank(&bed, &["--bank", "160K", "--generation", "7"]);
    assert_eq!((old.len(), new.len()), (160 << 10, 160 << 10));
    let (old, new) = (aligned(&old), aligned(&new));
    let banks = [bytemuck::cast_slice(&old), bytemuck::cast_slice(&new)];
    let picked = pick(banks, |_| Ok(())).expect("a model");
    assert_eq!((picked.bank, picked.record.generation), (1, 7));
    assert_eq!(picked.other.map(|record| record.generation), Ok(1));
    let file = fs::read(tiny()).expect("there");
    let length = picked.model.file_bytes();
    assert_eq!(&banks[1][..length], file);
    assert!(banks[1][length..banks[1].len() - 32].iter().all(|&byte| byte == 0xFF));
}

#[test]
fn a_uf2_file_writes_the_same_bank_and_its_record_last() {
    let bed = folder("bank-uf2");
    let bank = bank(&bed, &["--bank", "256K", "--generation", "3"]);
    let tiny = tiny();
    let fixed = ["uf2", tiny.to_str().expect("UTF-8"), "--family", "rp2040", "-o", "m.uf2"];
    let place = ["--base", "0x10100000", "--bank", "256K", "--generation", "3"];
    let output = regard(&bed, &[fixed, place].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let file = fs::read(bed.join("m.uf2")).expect("written");
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"));
    let mut flash = vec![0xFF; bank.len()];
    let mut before = 0;
    for at in (0..file.len()).step_by(512) {
        let address = word(at + 12);
        assert!(address > before, "{address:#x}");
        before = address;
        let to = (address - 0x1010_0000) as usize;
        flash[to..to + 256].copy_from_slice(&file[at + 32..at + 288]);
    }
    assert!(flash == bank, "what is written is the bank");
    assert_eq!(before, 0x1010_0000 + (256 << 10) - 256, "the record is in the last block");
    assert!(file.len() < bank.len() * 2 - (60 << 10), "what is erased is left out");
    let record = Record::parse(&flash).expect("a record");
    assert_eq!(record.generation, 3);
    assert_eq!(Record::parse(&flash[..flash.len() - 256]), Err(Refusal::Erased));
}

#[test]
fn a_bank_that_cannot_be_is_refused() {
    let bed = folder("bank-refused");
    let tiny = tiny();
    let tiny = tiny.to_str().expect("UTF-8");
    let refused = |command: &str, base: &str, size: &str, code: i32, words: &str| {
        let family: &[&str] = if command == "uf2" { &["--family", "rp2040"] } else { &[] };
        let fixed = [command, tiny, "--base", base, "--bank", size, "-o", "out"];
        fails(&regard(&bed, &[&fixed[..], family].concat()), code, words);
        assert!(!bed.join("out").exists(), "{words}");
    };
    let length = fs::metadata(tiny).expect("there").len();
    let need = format!("has {length} bytes; beside its record the bank has room for 102368");
    refused("bin", "0x08000000", "100K", 1, &need);
    refused("uf2", "0x10100000", "100K", 1, &need);
    refused("bin", "0x08000010", "256K", 2, "0x08000010 does not start and end");
    refused("bin", "0x08000000", "200000001", 2, "of 200000001 bytes");
    refused("bin", "0xfffff000", "256K", 2, "0xfffff000");
    refused("uf2", "0x10100100", "256K", 2, "4096 bytes");
    fs::write(bed.join("m.rgd"), b"no model").expect("written");
    let bin = ["bin", "m.rgd", "--base", "0", "--bank", "64K", "-o", "out"];
    fails(&regard(&bed, &bin), 1, "m.rgd");
    let itself = ["bin", "m.rgd", "--base", "0", "--bank", "64K", "-o", "m.rgd"];
    fails(&regard(&bed, &itself), 2, "is an input");
}
