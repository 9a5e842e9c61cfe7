//! The engine for C: the functions of `include/regard.h`, which documents them.
//!
//! ```text
//! regard_t (the caller's)   model │ runner: sees the model │ work: borrows the runner │ error
//! ```
//! What refers to each other lies in one place that does not move, and each field is reached by
//! itself, through the caller's pointer. The order is kept by `Engine`: before the runner is used,
//! work is dropped; before the model is replaced, the runner is.

#![no_std]

mod engine;
mod text;

use core::ffi::c_void;
use core::fmt::Write;
use core::slice;
use engine::{Engine, Room};
use regard::{Model, Picture, Progress, Word};
use text::Text;

/// A word that was said, as C sees it.
#[repr(C)]
pub struct CWord {
    text: *const u8,
    length: usize,
    token: u16,
    alignment: *const u16,
    alignment_length: usize,
}

/// What came of a call.
#[repr(C)]
pub enum CProgress {
    /// There is a word.
    Word,
    /// Nothing to say yet.
    Busy,
    /// All is said.
    Done,
    /// `regard_message` tells.
    Error,
}

/// Bytes of RAM that a model needs, or 0.
///
/// # Safety
/// `file` points to `bytes` bytes, or is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn regard_arena_bytes(file: *const c_void, bytes: usize) -> usize {
    // SAFETY: as the caller promises.
    let file = unsafe { bytes_at(file.cast(), bytes) };
    Model::load(file).map_or(0, |model| model.arena_bytes())
}

/// Checks a model file and makes an engine.
///
/// # Safety
/// `room` points to a `regard_t`; `file` and `arena` to as many bytes as said, which stay, the arena
/// for the engine alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn regard_open(
    room: *mut Room,
    file: *const c_void,
    bytes: usize,
    arena: *mut c_void,
    arena_bytes: usize,
) -> bool {
    // SAFETY: as the caller promises; an empty slice may lie anywhere that is aligned.
    let (file, arena) = unsafe {
        let arena: &mut [u8] = match arena_bytes {
            _ if arena.is_null() => &mut [],
            _ => slice::from_raw_parts_mut(arena.cast(), arena_bytes),
        };
        (bytes_at(file.cast(), bytes), arena)
    };
    // SAFETY: as the caller promises.
    unsafe { Engine::open(room, file, arena) }
}

/// Begins to translate.
///
/// # Safety
/// `room` was given to `regard_open`; `text` points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn regard_translate(room: *mut Room, text: *const u8, length: usize) -> bool {
    // SAFETY: as the caller promises.
    unsafe {
        let text = bytes_at(text, length);
        Engine::of(room).begin(|runner| match str::from_utf8(text) {
            Ok(text) => runner.begin(text),
            Err(error) => {
                let at = error.valid_up_to();
                Err(regard::Error::UnknownWord { at, length: text.len().saturating_sub(at) })
            }
        })
    }
}

/// Begins to describe a picture.
///
/// # Safety
/// `room` was given to `regard_open`; `picture` points to `bytes` bytes, which stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn regard_describe(
    room: *mut Room,
    pixels: u32,
    width: usize,
    height: usize,
    picture: *const u8,
    bytes: usize,
) -> bool {
    // SAFETY: as the caller promises.
    unsafe {
        let bytes = bytes_at(picture, bytes);
        let picture = match pixels {
            0 => Picture::grey(width, height, bytes),
            1 => Picture::rgb565(width, height, bytes),
            2 => Picture::rgb888(width, height, bytes),
            value => Err(regard::Error::BadField { field: "pixels", value }),
        };
        Engine::of(room).begin(|runner| runner.begin_picture(picture?))
    }
}

/// The next word.
///
/// # Safety
/// `room` was given to `regard_open`; `word` points to a `regard_word_t`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn regard_next(room: *mut Room, word: *mut CWord) -> CProgress {
    loop {
        // SAFETY: as the caller promises.
        match unsafe { regard_advance(room, word) } {
            CProgress::Busy => {}
            other => return other,
        }
    }
}

/// Does a piece of work.
///
/// # Safety
/// As `regard_next`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn regard_advance(room: *mut Room, word: *mut CWord) -> CProgress {
    // SAFETY: as the caller promises.
    unsafe {
        match Engine::of(room).advance() {
            Progress::Busy => CProgress::Busy,
            Progress::Done => CProgress::Done,
            Progress::Failed(_) => CProgress::Error,
            Progress::Word(Word { text, token, alignment }) => {
                word.write(CWord {
                    text: text.as_ptr(),
                    length: text.len(),
                    token,
                    alignment: alignment.as_ptr(),
                    alignment_length: alignment.len(),
                });
                CProgress::Word
            }
        }
    }
}

/// Runs the test that a model file carries.
///
/// # Safety
/// `room` was given to `regard_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn regard_self_test(room: *mut Room) -> bool {
    // SAFETY: as the caller promises.
    unsafe { Engine::of(room).self_test() }
}

/// A word as a reader writes it.
///
/// # Safety
/// `room` was given to `regard_open`; `word` was written by `regard_next`, or is null; `out` points to `length`
/// bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn regard_text(
    room: *mut Room,
    word: *const CWord,
    out: *mut u8,
    length: usize,
) -> usize {
    // SAFETY: as the caller promises.
    unsafe {
        let token = word.as_ref().map(|word| word.token);
        text_in(out, length, |text| Engine::of(room).join(token, text))
    }
}

/// Why the last call failed.
///
/// # Safety
/// `room` was given to `regard_open`; `out` points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn regard_message(room: *const Room, out: *mut u8, length: usize) -> usize {
    // SAFETY: as the caller promises.
    unsafe {
        text_in(out, length, |text| {
            if let Some(error) = Engine::of(room.cast_mut()).error() {
                // What does not fit is left out.
                _ = write!(text, "{error}");
            }
        })
    }
}

/// Writes text into a buffer of C, and returns its bytes.
///
/// # Safety
/// `out` is null or points to `length` bytes.
unsafe fn text_in(out: *mut u8, length: usize, write: impl FnOnce(&mut Text<'_>)) -> usize {
    if out.is_null() || length == 0 {
        return 0;
    }
    // SAFETY: as the caller promises; after the first call it holds bytes.
    let out = unsafe {
        out.write_bytes(0, length);
        slice::from_raw_parts_mut(out, length)
    };
    let mut text = Text::new(out);
    write(&mut text);
    text.length()
}

/// Bytes of C; none at a null pointer.
///
/// # Safety
/// `start` is null or points to `length` bytes, which stay.
unsafe fn bytes_at(start: *const u8, length: usize) -> &'static [u8] {
    if start.is_null() {
        return &[];
    }
    // SAFETY: as the caller promises.
    unsafe { slice::from_raw_parts(start, length) }
}

/// The engine cannot panic, and so this is linked into no firmware that is built with optimisation.
#[panic_handler]
fn never(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
