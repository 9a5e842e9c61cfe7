//! Tokenizer files that are given, and the engine's tokenizer for texts that are no sources.

use crate::problem::Problem;
use clap::Args;
use std::path::PathBuf;
use tokenizer::{Host, Marks, Tokenizer};
use twin::TargetTable;

/// Files that say how text becomes tokens, and tokens text.
#[derive(Debug, Default, Args)]
pub(crate) struct Tokenizers {
    /// Words and tokenizer of both sides: tokenizer.json, SentencePiece's .model or vocab.txt
    #[arg(long, value_name = "FILE", conflicts_with_all = ["source_tokenizer", "target_tokenizer"])]
    pub(crate) tokenizer: Option<PathBuf>,
    /// The same of the source alone
    #[arg(long, value_name = "FILE")]
    pub(crate) source_tokenizer: Option<PathBuf>,
    /// The same of the target alone
    #[arg(long, value_name = "FILE")]
    pub(crate) target_tokenizer: Option<PathBuf>,
}

impl Tokenizers {
    /// Those that are given, and what is read beside them.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let given = [&self.tokenizer, &self.source_tokenizer, &self.target_tokenizer];
        let files = given.into_iter().flatten();
        files.flat_map(|file| [vec![file.clone()], tokenizer::beside(file)].concat()).collect()
    }

    /// Of source and target.
    pub(crate) fn sides(&self) -> [Option<PathBuf>; 2] {
        [&self.source_tokenizer, &self.target_tokenizer]
            .map(|own| own.as_ref().or(self.tokenizer.as_ref()).cloned())
    }
}

/// The engine's tokenizer for texts of the target, if those are pieces of words.
pub(crate) fn of_target(target: &TargetTable) -> Result<Option<Host>, Problem> {
    let Some(tokenizer) = &target.tokenizer else { return Ok(None) };
    // What goes before a source does not go before a target.
    let tokenizer = Tokenizer { start: None, ..tokenizer.clone() };
    let marks = Marks { pad: Some(target.pad), bos: Some(target.bos), eos: Some(target.eos) };
    Ok(Some(Host::new(&tokenizer, &target.words, marks)?))
}
