//! UF2 files, against the specification and against what elf2uf2-rs writes.

use crate::bed::{fails, folder, model, regard, stderr, stdout};
use std::fs;
use std::path::Path;

/// A block, read as the specification says.
struct Block {
    flags: u32,
    address: u32,
    number: u32,
    count: u32,
    family: u32,
    page: Vec<u8>,
    tag: u32,
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn blocks(file: &Path) -> Vec<Block> {
    let bytes = fs::read(file).expect("written");
    assert_eq!(bytes.len() % 512, 0);
    let block = |b: &[u8]| {
        assert_eq!((&b[..4], word(b, 4), word(b, 508)), (&b"UF2\n"[..], 0x9E5D_5157, 0x0AB1_6F30));
        assert_eq!(word(b, 16), 256, "bytes of a page");
        assert!(b[292..508].iter().all(|&byte| byte == 0), "nothing behind the tag");
        Block {
            flags: word(b, 8),
            address: word(b, 12),
            number: word(b, 20),
            count: word(b, 24),
            family: word(b, 28),
            page: b[32..288].to_vec(),
            tag: word(b, 288),
        }
    };
    bytes.chunks(512).map(block).collect()
}

/// Where segments lie: address in memory, physical address, bytes.
type Segment<'b> = (u32, u32, &'b [u8]);

const ARM: u16 = 40;
const RISCV: u16 = 243;

/// An ELF file with these segments, and 64 bytes of RAM that start as zeros.
fn elf(machine: u16, entry: u32, segments: &[Segment<'_>]) -> Vec<u8> {
    let mut elf = b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let half = |elf: &mut Vec<u8>, value: u16| elf.extend(value.to_le_bytes());
    let words = |elf: &mut Vec<u8>, values: &[u32]| {
        elf.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    };
    half(&mut elf, 2);
    half(&mut elf, machine);
    words(&mut elf, &[1, entry, 52, 0, 0]);
    let count = segments.len() as u16 + 1;
    for value in [52, 32, count, 40, 0, 0] {
        half(&mut elf, value);
    }
    let mut at = 52 + 32 * u32::from(count);
    for &(memory, physical, bytes) in segments {
        let len = bytes.len() as u32;
        words(&mut elf, &[1, at, memory, physical, len, len, 5, 4]);
        at += len;
    }
    words(&mut elf, &[1, at, 0x2000_0000, 0x2000_0000, 0, 64, 6, 4]);
    elf.extend(segments.iter().flat_map(|(_, _, bytes)| bytes.iter().copied()));
    elf
}

/// Bytes that differ from their neighbours.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 + at / 256) as u8).collect()
}

/// Writes an ELF file, makes a UF2 file of it, and returns its blocks.
fn made(test: &str, elf: &[u8], options: &[&str]) -> Vec<Block> {
    let folder = folder(test);
    fs::write(folder.join("firmware"), elf).expect("written");
    let output = regard(&folder, &[&["uf2", "firmware", "-o", "firmware.uf2"], options].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    blocks(&folder.join("firmware.uf2"))
}

#[test]
fn firmware_goes_where_it_is_loaded_in_whole_sectors_but_the_last() {
    let (code, data) = (pattern(700), pattern(300));
    let elf = elf(
        ARM,
        0x1000_0101,
        &[(0x1000_0100, 0x1000_0100, &code), (0x2000_0100, 0x1000_2080, &data)],
    );
    let blocks = made("uf2-elf", &elf, &["--family", "rp2040"]);
    // The first sector is whole, the second is not touched, the third ends with its last page.
    let addresses: Vec<u32> = blocks.iter().map(|block| block.address).collect();
    let expected: Vec<u32> =
        (0x1000_0000..0x1000_1000).step_by(256).chain([0x1000_2000, 0x1000_2100]).collect();
    assert_eq!(addresses, expected);
    let mut flash = vec![0; 0x2200];
    for (number, block) in (0..).zip(&blocks) {
        assert_eq!((block.number, block.count), (number, 18));
        assert_eq!((block.flags, block.family, block.tag), (0x2000, 0xE48B_FF56, 0));
        let at = (block.address - 0x1000_0000) as usize;
        flash[at..at + 256].copy_from_slice(&block.page);
    }
    assert_eq!(flash[0x100..0x100 + 700], code);
    assert_eq!(flash[0x2080..0x2080 + 300], data);
    let zeros = flash.iter().filter(|&&byte| byte == 0).count();
    let own = code.iter().chain(&data).filter(|&&byte| byte == 0).count();
    assert_eq!(zeros, 0x2200 - 1000 + own, "nothing else is written");
}

#[test]
fn it_is_to_the_byte_what_elf2uf2_rs_writes() {
    // Its file for the same firmware: elf2uf2-rs 2.2.0, `elf2uf2-rs FIRMWARE OUT`.
    const CRC_OF_ELF2UF2: u32 = 0x061F_BE66;
    let (code, data) = (pattern(5000), pattern(33));
    let elf = elf(
        ARM,
        0x1000_0101,
        &[(0x1000_0000, 0x1000_0000, &code), (0x2000_0100, 0x1000_1388, &data)],
    );
    made("uf2-peer", &elf, &["--family", "rp2040"]);
    let bytes = fs::read(folder_of("uf2-peer").join("firmware.uf2")).expect("written");
    assert_eq!(crc(&bytes), CRC_OF_ELF2UF2);
}

/// The folder of a test that has run.
fn folder_of(test: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("command").join(test)
}

/// CRC-32 as `cksum -a crc32b` and zlib have it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc: u32, _| {
            (crc >> 1) ^ (0xEDB8_8320 & 0u32.wrapping_sub(crc & 1))
        })
    })
}

#[test]
fn an_rp2350_gets_the_block_of_erratum_e10_in_front() {
    let code = pattern(300);
    for (family, id, machine) in
        [("rp2350-arm-s", 0xE48B_FF59, ARM), ("rp2350-riscv", 0xE48B_FF5A, RISCV)]
    {
        let elf = elf(machine, 0x1000_0000, &[(0x1000_0000, 0x1000_0000, &code)]);
        let blocks = made("uf2-e10", &elf, &["--family", family]);
        let first = &blocks[0];
        assert_eq!((first.flags, first.tag), (0xA000, 0x9957_E304));
        assert_eq!((first.address, first.family), (0x10FF_FF00, 0xE48B_FF57));
        assert_eq!((first.number, first.count), (0, 2));
        assert!(first.page.iter().all(|&byte| byte == 0xEF));
        let rest: Vec<_> = blocks[1..].iter().map(|b| (b.number, b.count, b.family)).collect();
        assert_eq!(rest, [(0, 2, id), (1, 2, id)]);
    }
}

#[test]
fn a_model_goes_to_its_base_whole() {
    let bed = folder("uf2-model");
    let file = model("eng-fra-tiny", "eng-fra-tiny.rgd");
    let path = file.to_str().expect("UTF-8");
    let options = ["--family", "absolute", "--base", "0x10100000", "-o", "model.uf2"];
    let output = regard(&bed, &[&["uf2", path], &options[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("0x10100000"), "{}", stdout(&output));
    let blocks = blocks(&bed.join("model.uf2"));
    let bytes: Vec<u8> = blocks.iter().flat_map(|block| block.page.clone()).collect();
    let model = fs::read(&file).expect("there");
    assert_eq!(bytes[..model.len()], model);
    assert!(bytes[model.len()..].iter().all(|&byte| byte == 0));
    assert!(blocks.iter().all(|block| block.family == 0xE48B_FF57), "no other block");
    assert_eq!(blocks.len(), model.len().div_ceil(256));
}

#[test]
fn any_bytes_go_to_boards_of_a_family_by_number() {
    let bed = folder("uf2-bytes");
    fs::write(bed.join("bytes"), [1, 2, 3]).expect("written");
    let options = ["--family", "0xada52840", "--base", "0x26000", "-o", "bytes.uf2"];
    let output = regard(&bed, &[&["uf2", "bytes"], &options[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let blocks = blocks(&bed.join("bytes.uf2"));
    let [block] = &blocks[..] else { panic!("one block") };
    assert_eq!(
        (block.address, block.family, &block.page[..4]),
        (0x26000, 0xADA5_2840, &[1, 2, 3, 0][..])
    );
}

/// One sentence, and no file.
fn refused(test: &str, file: &[u8], options: &[&str], code: i32, words: &str) {
    let bed = folder(test);
    fs::write(bed.join("file"), file).expect("written");
    let output = regard(&bed, &[&["uf2", "file", "-o", "out.uf2"], options].concat());
    fails(&output, code, words);
    assert!(!bed.join("out.uf2").exists(), "{words}");
}

#[test]
fn what_cannot_be_flashed_is_refused_with_its_addresses() {
    let code = pattern(300);
    let at = |address: u32| elf(ARM, address, &[(address, address, &code)]);
    let pico = ["--family", "rp2040"];
    refused("uf2-ram", &at(0x2000_0000), &pico, 1, "0x20000000 … 0x2000012c do not lie in");
    let mixed = elf(
        ARM,
        0x1000_0000,
        &[(0x1000_0000, 0x1000_0000, &code), (0x2000_0000, 0x2000_0000, &code)],
    );
    refused("uf2-mixed", &mixed, &pico, 1, "0x20000000 … 0x2000012c do not lie in");
    refused("uf2-end", &at(0x10FF_FF00), &pico, 1, "0x10ffff00 … 0x1100002c do not lie in");
    refused("uf2-top", &at(0xFFFF_FF00), &["--family", "0x1"], 1, "0xffffff00");
    let twice = elf(
        ARM,
        0x1000_0000,
        &[(0x1000_0000, 0x1000_0000, &code), (0x1000_0100, 0x1000_0100, &code)],
    );
    refused("uf2-twice", &twice, &pico, 1, "two segments have bytes for 0x10000100");
    refused("uf2-nothing", &elf(ARM, 0, &[]), &pico, 1, "nothing to write");
    let riscv = ["--family", "rp2350-riscv"];
    refused("uf2-machine", &at(0x1000_0000), &riscv, 1, "ELF machine 40");
}

#[test]
fn every_prefix_of_an_elf_file_is_an_error() {
    let code = pattern(40);
    let whole = elf(ARM, 0x1000_0000, &[(0x1000_0000, 0x1000_0000, &code)]);
    for length in [4, 16, 51, 52, 80, 115, 116, whole.len() - 1] {
        refused("uf2-cut", &whole[..length], &["--family", "rp2040"], 1, "file");
    }
}

#[test]
fn what_was_asked_for_wrongly_is_said_so() {
    let code = pattern(300);
    let elf = elf(ARM, 0x1000_0000, &[(0x1000_0000, 0x1000_0000, &code)]);
    let based = ["--family", "rp2040", "--base", "0x10000000"];
    refused("uf2-based", &elf, &based, 2, "says itself where it goes");
    refused("uf2-baseless", b"bytes", &["--family", "rp2040"], 2, "--base");
    refused("uf2-empty", b"", &based, 1, "nothing to write");
    let odd = ["--family", "rp2040", "--base", "0x10000100"];
    refused("uf2-odd", b"bytes", &odd, 2, "0x10000100 is not a multiple of 4096");
    let mut model = fs::read(model("eng-fra-tiny", "eng-fra-tiny.rgd")).expect("there");
    model[5000] ^= 1;
    refused("uf2-broken", &model, &based, 1, "checksum");
    let bed = folder("uf2-names");
    fs::write(bed.join("file"), b"bytes").expect("written");
    let output = regard(&bed, &["uf2", "file", "--family", "pico", "-o", "out.uf2"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("rp2040, rp2350-arm-s"), "{}", stderr(&output));
    let output = regard(&bed, &["uf2", "file", "--family", "rp2040", "--base", "0", "-o", "file"]);
    fails(&output, 2, "is an input");
}
