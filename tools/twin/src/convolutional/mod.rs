//! Convolutional encoders: a picture becomes memory, a row per place of the last layer's map.
//!
//! ```text
//! map[y, x, o] = f(Σ W[o, ky, kx, c] · in[y·s + ky − top, x·s + kx − left, c] + b[o] + other[y, x, o])
//! memory[y·width + x] = map[y, x]
//! ```
//! Sources: Xu et al., arXiv 1502.03044 (attention over the places of a map); He et al., arXiv
//! 1512.03385 (addition of an earlier map); Howard et al., arXiv 1704.04861 (depthwise filters);
//! Ioffe and Szegedy, arXiv 1502.03167 (batch normalisation, folded into the filters here).

mod check;
mod config;
mod encoder;
#[cfg(test)]
mod facts;
mod filter;
mod layer;
mod size;
mod window;

pub use config::{Activation, Behind, Config, LayerConfig, Operation, Padding, PictureConfig};
pub use encoder::EncoderWeights;
pub use layer::{Layer, LayerKind};
pub use size::{Margins, Size};
pub use window::Window;
