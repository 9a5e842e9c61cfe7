//! Small random models of every kind, made in memory.

#![allow(dead_code, unreachable_pub, unused_imports, reason = "each test file uses a part")]

mod contents;
mod noise;
mod pictures;
mod promise;
mod recurrent;
mod traces;
mod transformer;

pub use contents::{contents, file, file_of};
pub use noise::Noise;
pub use pictures::{picture_variants, pixels};
pub use promise::{HEADER, check_promise, directory_end, says};
pub use recurrent::{looks, recurrent_variants};
use regard::format::Dims;
pub use traces::{Trace, arena, describe, digests, trace, trace_picture};
#[cfg(feature = "variants")]
pub use transformer::later;
pub use transformer::{dims, variants};

/// Models that read words: Transformers, recurrent models and mixtures.
pub fn text_variants() -> Vec<Dims> {
    [variants(), recurrent_variants()].concat()
}

/// Models that read words or pictures.
pub fn every_variant() -> Vec<Dims> {
    [text_variants(), picture_variants()].concat()
}
