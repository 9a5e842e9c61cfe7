//! The Transformer of arXiv 1706.03762, either side of it.

mod attention;
mod config;
mod decoder;
mod embedding;
mod encoder;
mod feed_forward;
mod norm;
mod relative;

pub use attention::Attention;
pub use config::{Activation, Config, NormKind, NormPlace, Positions, Relative};
pub(crate) use decoder::Running;
pub use decoder::{DecoderLayer, DecoderWeights};
pub use embedding::Embedding;
pub use encoder::{EncoderLayer, EncoderWeights};
pub use feed_forward::FeedForward;
pub use norm::Norm;
pub use relative::RelativeBias;
