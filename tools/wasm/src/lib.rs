//! Every kernel case against `portable`, and the hashes of cells, attentions and layers over pictures,
//! in a WebAssembly engine: `conformance.mjs` loads the module and prints the line.

use regard::{Arena, conformance, kernel};
use std::sync::OnceLock;

static ARENA: Arena<{ conformance::BYTES }> = Arena::new();
static LINE: OnceLock<String> = OnceLock::new();

/// Runs the suite, once: are all results those of every other core?
#[unsafe(no_mangle)]
pub extern "C" fn conformance() -> bool {
    let Ok(arena) = ARENA.take() else { return false };
    let report = conformance::run(arena);
    LINE.get_or_init(|| format!("{report} {} wasm32", kernel::NAME));
    report.is_equal()
}

/// Where the line of the report is, in UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn line() -> *const u8 {
    LINE.get().map_or(core::ptr::null(), |line| line.as_ptr())
}

/// Its bytes.
#[unsafe(no_mangle)]
pub extern "C" fn line_length() -> usize {
    LINE.get().map_or(0, String::len)
}
