//! The engine's tokenizer, for texts that are no sources.

use crate::problem::Problem;
use tokenizer::{Host, Marks, Tokenizer};
use twin::TargetTable;

/// The engine's tokenizer for texts of the target, if those are pieces of words.
pub(crate) fn of_target(target: &TargetTable) -> Result<Option<Host>, Problem> {
    let Some(tokenizer) = &target.tokenizer else { return Ok(None) };
    // What goes before a source does not go before a target.
    let tokenizer = Tokenizer { start: None, ..tokenizer.clone() };
    let marks = Marks { pad: Some(target.pad), bos: Some(target.bos), eos: Some(target.eos) };
    Ok(Some(Host::new(&tokenizer, &target.words, marks)?))
}
