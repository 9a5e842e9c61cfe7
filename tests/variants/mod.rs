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
    [variants(), recurrent_variants(), later_mixtures()].concat()
}

/// Mixtures whose Transformer side is a T5's.
fn later_mixtures() -> Vec<Dims> {
    #[cfg(feature = "variants")]
    {
        use regard::format::{Activation, Variant};
        let variant = Variant { rms: true, gated: true, relative_buckets: 8, ..Variant::PAPER };
        let mixtures = recurrent_variants().into_iter().filter(|dims| dims.d_model > 0);
        let activation = Activation::GeluTanh;
        mixtures.map(|dims| Dims { variant, activation, ..dims }).collect()
    }
    #[cfg(not(feature = "variants"))]
    Vec::new()
}

/// Models that read words or pictures.
pub fn every_variant() -> Vec<Dims> {
    [text_variants(), picture_variants()].concat()
}
