//! `config.json`: each field is read, or known to change nothing, or refused by its name.

use super::harmless::HARMLESS;
use crate::Error;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Largest `config.json` that is read, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// Most words of a language.
const MOST_WORDS: usize = 65_532;

/// The fields of a file.
pub(super) struct Fields {
    path: PathBuf,
    map: Map<String, Value>,
    read: RefCell<BTreeSet<String>>,
}

impl Fields {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let text = twin::file::read(path, MOST_BYTES)?;
        let map = serde_json::from_slice(&text)
            .map_err(|cause| Error::Json { path: path.into(), cause })?;
        Ok(Self { path: path.into(), map, read: RefCell::default() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A field; null is as good as none.
    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        self.read.borrow_mut().insert(field.into());
        self.map.get(field).filter(|value| !value.is_null())
    }

    pub(super) fn wrong<T>(&self, field: &str, why: impl Into<String>) -> Result<T, Error> {
        Err(Error::Field { path: self.path.clone(), field: field.into(), why: why.into() })
    }

    /// A number of things.
    pub(super) fn count(&self, field: &str) -> Result<usize, Error> {
        match self.maybe_count(field)? {
            Some(count) => Ok(count),
            None => self.wrong(field, "is missing"),
        }
    }

    pub(super) fn maybe_count(&self, field: &str) -> Result<Option<usize>, Error> {
        let Some(value) = self.get(field) else { return Ok(None) };
        match value.as_u64().and_then(|count| usize::try_from(count).ok()) {
            Some(count) => Ok(Some(count)),
            None => self.wrong(field, format!("is {}; it must be a whole number", short(value))),
        }
    }

    /// Words of a language.
    pub(super) fn words(&self, field: &str) -> Result<usize, Error> {
        match self.count(field)? {
            words @ 1..=MOST_WORDS => Ok(words),
            words => {
                let why =
                    format!("is {words}; the engine takes 1 to {MOST_WORDS} words of a language");
                self.wrong(field, why)
            }
        }
    }

    /// A token.
    pub(super) fn token(&self, field: &str) -> Result<Option<u32>, Error> {
        let token = self.maybe_count(field)?;
        match token.map(u32::try_from) {
            Some(Err(_)) => self.wrong(field, "is no id of a word"),
            Some(Ok(token)) => Ok(Some(token)),
            None => Ok(None),
        }
    }

    pub(super) fn number(&self, field: &str, usual: f32) -> Result<f32, Error> {
        match self.get(field).map(|value| (value.as_f64(), value)) {
            None => Ok(usual),
            Some((Some(number), _)) => Ok(number as f32),
            Some((None, value)) => {
                self.wrong(field, format!("is {}; it must be a number", short(value)))
            }
        }
    }

    pub(super) fn flag(&self, field: &str, usual: bool) -> Result<bool, Error> {
        match self.get(field) {
            None => Ok(usual),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(value) => {
                self.wrong(field, format!("is {}; it must be true or false", short(value)))
            }
        }
    }

    pub(super) fn text(&self, field: &str) -> Result<Option<&str>, Error> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(value) => self.wrong(field, format!("is {}; it must be text", short(value))),
        }
    }

    /// Refuses a flag that is not as the kind of model has it.
    pub(super) fn expect(&self, field: &str, expected: bool) -> Result<(), Error> {
        let found = self.flag(field, expected)?;
        if found == expected {
            return Ok(());
        }
        self.wrong(field, format!("is {found}; models of this kind are read with {expected} alone"))
    }

    /// Two fields that must be the same.
    pub(super) fn same(&self, [one, other]: [&str; 2]) -> Result<usize, Error> {
        let (first, second) = (self.count(one)?, self.count(other)?);
        if first == second {
            return Ok(first);
        }
        self.wrong(
            one,
            format!("is {first}, but `{other}` is {second}; the engine needs them to be the same"),
        )
    }

    /// Refuses fields that nobody read and that are not known to change nothing.
    pub(super) fn finish(&self) -> Result<(), Error> {
        let read = self.read.borrow();
        let unknown = self.map.iter().find(|(field, value)| {
            !read.contains(*field) && !value.is_null() && !HARMLESS.contains(&field.as_str())
        });
        match unknown {
            Some((field, value)) => {
                let why = format!(
                    "is {}, which is not known; take it out if it changes nothing of what is computed",
                    short(value)
                );
                self.wrong(field, why)
            }
            None => Ok(()),
        }
    }
}

/// A value in a sentence.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{} …", &text[..at]),
        None => text,
    }
}
