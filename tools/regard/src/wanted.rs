//! What can be typed of a model that its files do not say.

use crate::tokenizers::Tokenizers;
use clap::Args;
use std::path::PathBuf;

/// What a file does not say of a model, or says for larger machines.
#[derive(Debug, Args)]
pub(crate) struct WantedArgs {
    /// Longest source in tokens, end mark included [default: the description's; of a folder 64, or as
    /// many places as there are]
    #[arg(long, value_name = "TOKENS")]
    pub(crate) max_source: Option<usize>,
    /// Longest target in tokens, end mark included [default: as of the source]
    #[arg(long, value_name = "TOKENS")]
    pub(crate) max_target: Option<usize>,
    /// Words of the source in the order of their ids, one a line or as JSON, where the file has none
    #[arg(long, value_name = "FILE")]
    pub(crate) source_words: Option<PathBuf>,
    /// Words of the target
    #[arg(long, value_name = "FILE")]
    pub(crate) target_words: Option<PathBuf>,
    /// A sentence that boards translate to check themselves [default: the description's, or one made up]
    #[arg(long, value_name = "TEXT")]
    pub(crate) selftest: Option<String>,
}

impl WantedArgs {
    /// As the import takes it.
    pub(crate) fn request(
        &self,
        config: Option<&PathBuf>,
        tokenizers: &Tokenizers,
    ) -> import::Request {
        let [source_tokenizer, target_tokenizer] = tokenizers.sides();
        import::Request {
            source_tokenizer,
            target_tokenizer,
            config: config.cloned(),
            max_source: self.max_source,
            max_target: self.max_target,
            source_words: self.source_words.clone(),
            target_words: self.target_words.clone(),
            selftest: self.selftest.clone(),
        }
    }
}
