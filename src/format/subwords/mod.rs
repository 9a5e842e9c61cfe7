//! Pieces of words in the file: what the header says, and the tables that split a source
//! (docs/TOKENIZERS.md). Without the feature `subwords` there is next to nothing of it.

mod dims;
#[cfg(all(feature = "emit", feature = "subwords"))]
mod emit;
#[cfg(feature = "subwords")]
mod table;

#[cfg(feature = "subwords")]
pub use dims::{Join, Method, SourcePieces, TargetPieces};
pub use dims::{MAX_SUBWORD_TEXT, SubwordDims};
#[cfg(all(feature = "emit", feature = "subwords"))]
pub use emit::{Choices, PieceTable, Subwords, TooLarge};
#[cfg(all(feature = "emit", feature = "subwords"))]
pub use table::Split;
#[cfg(all(not(feature = "emit"), feature = "subwords"))]
pub(crate) use table::Split;
#[cfg(feature = "subwords")]
pub(crate) use table::{NEVER, SubwordTable, check, flag};

use super::Model;
#[cfg(not(feature = "subwords"))]
use crate::Error;

/// There is nothing to be wrong.
#[cfg(not(feature = "subwords"))]
#[inline(always)]
pub(crate) const fn check(_: &Model<'_>) -> Result<(), Error> {
    Ok(())
}
