//! Models in banks, updated over a serial port: what a person, or a sender, hears.
#![cfg(feature = "banks")]

mod power;
mod sender;
mod typing;

use app::banks::{Banks, stored};
use app::{Board, NoPin, Stack, Text};
use embedded_io::{Read, Write};
use power::Flash;
use regard::family::Text as Texts;
use regard::format::bank::Record;
use regard::{Model, include_model};
use sender::{Link, announcement, frame};
use typing::Port;

static OLD: Model = include_model!("../../../models/g2p-tiny/g2p-tiny.rgd");
static NEW: Model = include_model!("../../../models/eng-fra-tiny/eng-fra-tiny.rgd");
const NEW_BYTES: &[u8] = include_bytes!("../../../models/eng-fra-tiny/eng-fra-tiny.rgd");
const OLD_BYTES: &[u8] = include_bytes!("../../../models/g2p-tiny/g2p-tiny.rgd");

/// Room for either model.
const ARENA: usize = 16 * 1024;

/// Lets someone converse with what is in `flash`, in an arena of so many bytes.
fn talk<P: Read + Write>(mut port: P, flash: &mut Flash, arena: usize) -> P {
    let mut arena = vec![0u32; arena / 4];
    let arena = bytemuck::cast_slice_mut(&mut arena);
    let (name, stack) = ("host", Stack::EMPTY);
    let board = Board { name, port: &mut port, busy: NoPin, stack, leaves: true };
    // A port that hangs up ends it, and what was heard until then counts.
    _ = stored::<64, Texts, _, _>(board, flash, arena, &mut Text);
    port
}

/// Types bytes; what is heard.
fn heard(flash: &mut Flash, typed: &[u8]) -> String {
    let port = talk(Port::typing(typed), flash, ARENA);
    String::from_utf8(port.heard).expect("UTF-8")
}

/// An announcement, and all frames, whatever is answered.
fn blindly(model: &[u8]) -> Vec<u8> {
    let frames = (0..model.len()).step_by(256).flat_map(|at| frame(model, at));
    announcement(model).into_bytes().into_iter().chain(frames).collect()
}

fn says(heard: &str, lines: &[&str]) {
    let mut rest = heard;
    for line in lines {
        let taken = |line: &&str| !line.starts_with("+ ");
        let told = || heard.lines().filter(taken).collect::<Vec<_>>().join("\n");
        let at =
            rest.find(line).unwrap_or_else(|| panic!("no {line:?} in its place in {}", told()));
        rest = &rest[at + line.len()..];
    }
}

#[test]
fn without_a_model_the_conversation_says_why_and_an_update_brings_one() {
    let mut flash = Flash::new();
    let typed = [b"I drink milk\n", &*blindly(NEW_BYTES), b"I drink milk\n:quit\n"].concat();
    says(
        &heard(&mut flash, &typed),
        &[
            "bank 0: refused: there is no record: its flash is erased\r\n",
            "bank 1: refused: there is no record: its flash is erased\r\n",
            "there is no model; :update takes one\r\n",
            "ready 0 of 153280\r\n+ 256\r\n",
            "+ 153280\r\nbank 0: generation 1, 153280 bytes, in use\r\n",
            "je bois du lait\r\n",
        ],
    );
}

#[test]
fn the_new_model_speaks_and_the_old_one_stays_beside_it() {
    let mut flash = Flash::new().with(0, &OLD, 6);
    let typed = [b"milk\n", &*blindly(NEW_BYTES), b"I drink milk\n:quit\n"].concat();
    says(
        &heard(&mut flash, &typed),
        &[
            "bank 0: generation 6, 111696 bytes, in use\r\n",
            "m ih l k\r\n",
            "bank 0: generation 6, 111696 bytes, older\r\n",
            "bank 1: generation 7, 153280 bytes, in use\r\n",
            "je bois du lait\r\n",
        ],
    );
    says(&heard(&mut flash, b":quit\n"), &["bank 1: generation 7, 153280 bytes, in use\r\n"]);
}

#[test]
fn a_damaged_bank_is_named_and_the_other_speaks() {
    let mut flash = Flash::new().with(0, &NEW, 6).with(1, &OLD, 7);
    flash.all()[power::BANK + 9999] ^= 4;
    says(
        &heard(&mut flash, b"I drink milk\n:quit\n"),
        &[
            "bank 0: generation 6, 153280 bytes, in use\r\n",
            "bank 1: refused: the model is not that of the record: 0x",
            "je bois du lait\r\n",
        ],
    );
}

#[test]
fn a_line_that_loses_and_changes_bytes_and_answers_brings_the_model_all_the_same() {
    for lost in [0, 1, 3] {
        let mut flash = Flash::new().with(0, &OLD, 1);
        let link = talk(Link::new(NEW_BYTES, ":quit\n", lost), &mut flash, ARENA);
        assert_eq!(Record::parse(flash.bytes(1)), Ok(Record::of(&NEW, 2)), "{lost} ‰ lost");
        let least = NEW_BYTES.len().div_ceil(256);
        assert!(
            if lost == 0 { link.sent == least } else { link.sent > least + 100 },
            "{}",
            link.sent
        );
    }
}

#[test]
fn ctrl_c_twice_gives_up_and_the_same_announcement_goes_on() {
    let mut flash = Flash::new().with(0, &OLD, 1);
    let begin = [announcement(NEW_BYTES).as_bytes(), &frame(NEW_BYTES, 0), b"\x03\x03"].concat();
    let rest: Vec<u8> =
        (256..NEW_BYTES.len()).step_by(256).flat_map(|at| frame(NEW_BYTES, at)).collect();
    let again = [announcement(NEW_BYTES).as_bytes(), &rest, b"I drink milk\n:quit\n"].concat();
    says(
        &heard(&mut flash, &[&*begin, b"milk\n", &again].concat()),
        &[
            "+ 256\r\nrefused: 256 of 153280 bytes came\r\n",
            "bank 0: generation 1, 111696 bytes, in use\r\n",
            "m ih l k\r\n",
            "ready 256 of 153280\r\n+ 512\r\n",
            "je bois du lait\r\n",
        ],
    );
}

#[test]
fn frames_are_taken_once_and_in_order() {
    let mut flash = Flash::new().with(0, &OLD, 1);
    let mut damaged = frame(NEW_BYTES, 0);
    damaged[100] ^= 1;
    let frames =
        [frame(NEW_BYTES, 512), damaged, vec![b'x'; 999], frame(NEW_BYTES, 0), frame(NEW_BYTES, 0)];
    let typed = [announcement(NEW_BYTES).as_bytes(), &frames.concat(), b"\x03\x03:quit\n"].concat();
    says(
        &heard(&mut flash, &typed),
        &[
            "ready 0 of 153280\r\n- 0 bytes are missing\r\n- 0 the frame is damaged\r\n",
            "- 0 the frame is damaged\r\n+ 256\r\n+ 256\r\nrefused: 256 of 153280 bytes came\r\n",
        ],
    );
}

#[test]
fn models_that_cannot_be_taken_are_refused_and_the_old_one_speaks_on() {
    let mut foreign = NEW_BYTES.to_vec();
    foreign[4] = 9;
    let mut flash = Flash::new().with(0, &OLD, 1);
    let told = heard(&mut flash, &[&*blindly(&foreign), b"milk\n:quit\n"].concat());
    let version = "refused: the model file has another version of the format: 9.0\r\n";
    says(&told, &[version, "bank 1: refused: there is no record", "m ih l k\r\n"]);
    let mut flash = Flash::new().with(0, &NEW, 1);
    let typed = [&*blindly(OLD_BYTES), b"I drink milk\n:quit\n"].concat();
    let told = talk(Port::typing(typed), &mut flash, NEW.arena_bytes()).heard;
    let (need, have) = (OLD.arena_bytes(), NEW.arena_bytes());
    let small = format!("refused: the arena is too small: {need} bytes needed, {have} given\r\n");
    says(&String::from_utf8_lossy(&told), &[&small, "je bois du lait\r\n"]);
}

#[test]
fn lengths_that_do_not_fit_and_what_is_no_announcement_leave_the_flash_alone() {
    let mut flash = Flash::new().with(0, &OLD, 1).with(1, &NEW, 2);
    let typed = b":update 262113 0\n:update 0 0\n:update\n:update 5\n:update x 0\n:help\n:quit\n";
    says(
        &heard(&mut flash, typed),
        &[
            "refused: a model of 262113 bytes does not fit: 1 to 262112 do\r\n",
            "refused: a model of 0 bytes does not fit: 1 to 262112 do\r\n",
            ":update LENGTH CRC: bytes in decimal, CRC-32C in hexadecimal\r\n",
            ":update LENGTH CRC: bytes in decimal, CRC-32C in hexadecimal\r\n",
            ":update LENGTH CRC: bytes in decimal, CRC-32C in hexadecimal\r\n",
            ":update LENGTH CRC  takes a new model",
            ":quit",
        ],
    );
    assert_eq!(flash.done, 0);
}
