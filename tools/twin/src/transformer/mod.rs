//! The Transformer of arXiv 1706.03762, either side of it.

mod attention;
mod config;
mod decoder;
mod encoder;
mod layers;

pub use attention::Attention;
pub use config::{Activation, Config, NormPlace, Positions};
pub(crate) use decoder::Running;
pub use decoder::{DecoderLayer, DecoderWeights};
pub use encoder::{EncoderLayer, EncoderWeights};
pub use layers::{Embedding, FeedForward, LayerNorm};
