//! The float reference: the same models from the same weights, in `f32`, for reading and comparing.
//!
//! ```text
//! model.json ──────────► Description ┐
//!                                    ├─► Transformer ─► Memory ─► Decoder ─► logits, alignment
//! weights.safetensors ─► Weights ────┘        └── an Observer sees every sublayer ──┘
//! ```
//! Source: "Attention Is All You Need", arXiv 1706.03762. Written to be read beside the paper: one
//! sentence at a time, no batches, no dropout, no training. It agrees with Keras within 1e-4, and
//! the integer engine is measured against it.
//!
//! ```no_run
//! # fn main() -> Result<(), twin::Error> {
//! let description = twin::Description::read("model.json".as_ref())?;
//! let weights = twin::Weights::read("weights.safetensors".as_ref())?;
//! let model = twin::Transformer::new(description, weights)?;
//! let steps = model.greedy(&[7, 12, 9, 2], &mut ())?;
//! println!("{:?}", steps.iter().map(|step| step.token).collect::<Vec<_>>());
//! # Ok(()) }
//! ```

mod attention;
mod decoder;
mod description;
mod encoder;
mod error;
mod layers;
mod nearest;
mod observer;
mod transformer;
mod weights;

pub use attention::Attention;
pub use decoder::{Decoder, DecoderLayer, DecoderWeights};
pub use description::{
    Activation, Architecture, Description, NormPlace, Positions, SourceTable, TargetTable,
};
pub use encoder::{EncoderLayer, EncoderWeights, Memory};
pub use error::Error;
pub use layers::{Embedding, FeedForward, LayerNorm, Linear};
pub use nearest::nearest;
pub use observer::{Observer, Site};
pub use transformer::{Output, Step, Transformer, argmax, log_probability};
pub use weights::Weights;
