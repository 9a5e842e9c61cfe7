//! Encoders: a source in, a memory out, a row per source token or place ([`Blocks`]).

mod convolutional;
mod recurrent;
mod transformer;

pub(crate) use convolutional::ConvolutionalEncoder;
pub(crate) use recurrent::RecurrentEncoder;
pub(crate) use transformer::TransformerEncoder;

#[cfg(doc)]
use crate::layer::Blocks;
