//! What people already have, as a description and weights of the float twin.
//!
//! ```text
//! a file    ─► Store: named tensors ┐
//! a folder  ─► its config.json      ┴─► Description, then Weights under our names
//! ```

mod container;
mod error;
mod names;

pub use error::Error;
