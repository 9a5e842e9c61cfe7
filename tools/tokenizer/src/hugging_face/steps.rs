//! Normalizers and pre-tokenizers: what letters become, what becomes of blanks, and where words end.

use super::{blanks_of_words, blanks_prefix, kind};
use crate::error::{Error, unsupported, wrong};
use crate::step::{Fixed, Step};
use crate::{Blanks, Prefix, Split};
use base64::Engine as _;
use serde_json::Value;

/// All of them.
#[derive(Default)]
pub(super) struct Steps {
    pub(super) letters: Vec<Step>,
    pub(super) blanks: Blanks,
    split: Option<Split>,
    /// Were blanks made ▁?
    marked: bool,
    /// Were words cut at blanks?
    cut: bool,
    /// Were letters taken apart, and their marks not dropped yet?
    apart: bool,
}

impl Steps {
    pub(super) fn normalizer(&mut self, value: &Value) -> Result<(), Error> {
        let is_set = |name: &str| value[name].as_bool();
        match kind(value) {
            _ if value.is_null() => {}
            "Sequence" => {
                let parts = value["normalizers"].as_array().into_iter().flatten();
                parts.into_iter().try_for_each(|part| self.normalizer(part))?;
            }
            "Precompiled" => {
                let Some(text) = value["precompiled_charsmap"].as_str() else {
                    return wrong("precompiled_charsmap", "is missing");
                };
                let decoded = base64::engine::general_purpose::STANDARD.decode(text);
                let Ok(bytes) = decoded else {
                    return wrong("precompiled_charsmap", "is no base64");
                };
                if !bytes.is_empty() {
                    self.letter(Step::Charsmap { bytes, clusters: true })?;
                }
            }
            "Lowercase" => self.letter(Step::Fixed(Fixed::Lowercase))?,
            "NFD" => self.letter(Step::Fixed(Fixed::Decompose))?,
            "NFKD" => self.letter(Step::Fixed(Fixed::DecomposeAlike))?,
            "StripAccents" => self.letter(Step::Fixed(Fixed::DropMarks))?,
            "NFC" | "NFKC" => return unsupported("normalizer", kind(value), COMPOSED),
            "BertNormalizer" => {
                let lower = is_set("lowercase").unwrap_or(true);
                let strip = is_set("strip_accents").unwrap_or(lower);
                for (has, step) in [
                    (is_set("clean_text").unwrap_or(true), Step::Fixed(Fixed::Clean)),
                    (is_set("handle_chinese_chars").unwrap_or(true), Step::Fixed(Fixed::Chinese)),
                    (strip, Step::Fixed(Fixed::StripAccents)),
                    (lower, Step::Fixed(Fixed::Lowercase)),
                ] {
                    if has {
                        self.letter(step)?;
                    }
                }
            }
            "Strip" => {
                self.blanks.strip_left |= is_set("strip_left").unwrap_or(true);
                self.blanks.strip_right |= is_set("strip_right").unwrap_or(true);
                self.blanks.trim = true;
            }
            "Prepend" if value["prepend"] == "▁" => self.blanks.prefix = Prefix::Always,
            "Replace" => self.replace(value)?,
            other => return unsupported("normalizer", other, SUPPORTED),
        }
        Ok(())
    }

    fn letter(&mut self, step: Step) -> Result<(), Error> {
        let apart = match step {
            Step::Fixed(Fixed::Decompose | Fixed::DecomposeAlike) => true,
            Step::Fixed(Fixed::DropMarks) => false,
            Step::Fixed(Fixed::Lowercase) => self.apart,
            _ if self.apart => return unsupported("normalizer", "NFD or NFKD", ORDER),
            _ => false,
        };
        self.apart = apart;
        self.letters.push(step);
        Ok(())
    }

    fn replace(&mut self, value: &Value) -> Result<(), Error> {
        let to = value["content"].as_str().unwrap_or("");
        let (text, regex) =
            (value["pattern"]["String"].as_str(), value["pattern"]["Regex"].as_str());
        let only = |text: &str| text.chars().next().filter(|c| c.len_utf8() == text.len());
        match (text, regex.or(text).unwrap_or("")) {
            (None, " {2,}") if to == " " || to == "▁" => self.blanks.collapse = true,
            (Some(" "), _) if to == "▁" => self.mark(Split::Runs),
            (Some(text), _) if let Some(from) = only(text).filter(|&c| c != ' ') => {
                self.letter(Step::Replace(from, to.to_owned()))?;
            }
            (_, pattern) => {
                return unsupported("normalizer", format!("Replace {pattern}"), SUPPORTED);
            }
        }
        Ok(())
    }

    fn mark(&mut self, split: Split) {
        (self.marked, self.split) = (true, Some(split));
    }

    pub(super) fn pre_tokenizer(&mut self, value: &Value) -> Result<(), Error> {
        match kind(value) {
            _ if value.is_null() => {}
            "Sequence" => {
                let parts = value["pretokenizers"].as_array().into_iter().flatten();
                parts.into_iter().try_for_each(|part| self.pre_tokenizer(part))?;
            }
            "WhitespaceSplit" if self.split.is_none() => {
                (self.cut, self.split) = (true, Some(Split::Blanks));
                self.blanks = blanks_of_words();
            }
            "Metaspace" if self.split.is_none() || self.cut => {
                if value["replacement"].as_str().is_some_and(|mark| mark != "▁") {
                    return unsupported("replacement", value["replacement"].to_string(), "▁ is");
                }
                let whole = value["split"] == Value::Bool(false);
                self.mark(if whole { Split::Runs } else { Split::Marks });
                self.blanks.prefix =
                    blanks_prefix(&value["prepend_scheme"], &value["add_prefix_space"]);
                if self.cut {
                    let Blanks { prefix, .. } = self.blanks;
                    if prefix != Prefix::Missing || value["prepend_scheme"] == "first" {
                        return unsupported(
                            "prepend_scheme",
                            "never or first",
                            "always is, behind WhitespaceSplit",
                        );
                    }
                    let all = blanks_of_words();
                    self.blanks = Blanks {
                        collapse: true,
                        strip_left: true,
                        strip_right: true,
                        prefix,
                        ..all
                    };
                }
            }
            "Whitespace" if self.split.is_none() => {
                (self.split, self.blanks) = (Some(Split::Kinds), blanks_of_words());
            }
            "BertPreTokenizer" if self.split.is_none() => {
                (self.split, self.blanks) = (Some(Split::Alone), blanks_of_words());
            }
            "ByteLevel" if self.split.is_none() => {
                if value["use_regex"] == Value::Bool(false) {
                    return unsupported("option", "use_regex: false", "GPT-2's words are");
                }
                self.split = Some(Split::Bytes);
                if value["add_prefix_space"] != Value::Bool(false) {
                    self.blanks.prefix = Prefix::Missing;
                }
            }
            other => return unsupported("pre_tokenizer", other, SUPPORTED),
        }
        Ok(())
    }

    /// No normalizer may be missing.
    pub(super) fn end_of_normalizers(&self) -> Result<(), Error> {
        if self.apart {
            return unsupported("normalizer", "NFD or NFKD", ORDER);
        }
        Ok(())
    }

    /// Where words end.
    pub(super) fn split(&self) -> Result<Split, Error> {
        match self.split {
            Some(split) => Ok(split),
            None => {
                unsupported("pre_tokenizer", "none", "Metaspace, or Replace ▁ as normalizer, is")
            }
        }
    }
}

const ORDER: &str =
    "StripAccents must follow, with Lowercase alone between: the engine does not sort marks";
const COMPOSED: &str = "the engine does not compose letters; if all texts are composed already, as keyboards \
                        write them, take it out of the file";
const SUPPORTED: &str = "Precompiled, BertNormalizer, Lowercase, StripAccents, Strip, Prepend ▁, Replace of a letter, \
                         WhitespaceSplit, Metaspace, Whitespace, BertPreTokenizer and ByteLevel are";
