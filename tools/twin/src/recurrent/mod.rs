//! Recurrent encoders and decoders, with and without attention.
//!
//! Sources: Cho et al., arXiv 1406.1078 (GRU, encoder–decoder); Sutskever et al., arXiv 1409.3215
//! (the final state as start); Bahdanau et al., arXiv 1409.0473 (additive attention, bridge); Luong
//! et al., arXiv 1508.04025 (dot and general attention, query behind the cell); Xu et al., arXiv
//! 1502.03044 (start from the mean, context gate).

mod attention;
mod attention_config;
mod cell;
mod check;
mod config;
mod decoder;
mod encoder;
mod layout;
mod start;

pub use attention::{Attention, Energy};
pub use attention_config::{AttentionConfig, EnergyFunction, EnergyKind, GateKind, Query};
pub use cell::{CellWeights, State};
pub use config::{
    Cell, DecoderConfig, Directions, EncoderConfig, Function, Merge, Part, Reset, StartKind,
};
pub use decoder::DecoderWeights;
pub(crate) use decoder::Running;
pub use encoder::{EncoderLayer, EncoderWeights};
pub use start::{Bridge, Start};
