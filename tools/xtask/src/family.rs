//! Whose code a firmware holds: of one family of models alone, or of several.
//!
//! The line table names the file that each instruction comes from, inlined or not; it stays on the
//! host. The names of the functions must say the same.

use crate::calls::Calls;
use crate::elf;
use anyhow::{Result, ensure};
use gimli::{Dwarf, EndianSlice, LittleEndian};
use object::{Object as _, ObjectSection as _};
use std::collections::BTreeSet;
use std::path::Path;

/// A family, by the files and folders in `src` that no other needs.
pub(crate) struct Family {
    name: &'static str,
    files: &'static [&'static str],
}

pub(crate) const TRANSFORMER: Family = Family {
    name: "Transformers",
    files: &[
        "attention",
        "encoder/transformer",
        "decoder/transformer",
        "layer/feed_forward",
        "layer/norm",
        "number/gelu",
        "number/rsqrt",
    ],
};

pub(crate) const RECURRENT: Family = Family {
    name: "recurrent models",
    files: &[
        "recurrent",
        "encoder/recurrent",
        "decoder/recurrent",
        "number/sigmoid",
        "kernel/portable/gates",
        "kernel/portable/sigmoid",
    ],
};

pub(crate) const CONVOLUTIONAL: Family =
    Family { name: "models of pictures", files: &["convolution", "encoder/convolutional"] };

impl Family {
    /// An error unless there is code of each of its files: else their absence elsewhere would say
    /// nothing.
    pub(crate) fn is_in(&self, image: &Path) -> Result<()> {
        let sources = sources(image)?;
        let is_missing = |file: &&&str| !sources.iter().any(|source| lies_in(source, file));
        let missing: Vec<_> = self.files.iter().filter(is_missing).collect();
        ensure!(missing.is_empty(), "{}: no code of {missing:?} in {}", self.name, image.display());
        Ok(())
    }

    /// An error if there is any code of its files.
    pub(crate) fn is_absent_from(&self, image: &Path) -> Result<()> {
        let (sources, functions) = (sources(image)?, functions(image)?);
        for file in self.files {
            let module = format!("regard::{}::", file.replace('/', "::"));
            let source = sources.iter().find(|source| lies_in(source, file));
            let function = functions.iter().find(|function| function.contains(&module));
            let found = source.or(function);
            ensure!(found.is_none(), "code of {} in {}: {found:?}", self.name, image.display());
        }
        Ok(())
    }
}

/// The file of the engine that every image needs.
const ALWAYS: &str = "seq2seq";

/// Is `source` the file, or in the folder, of this name in some `src`?
fn lies_in(source: &str, file: &str) -> bool {
    let behind = source.rsplit_once("/src/").map_or(source, |(_, behind)| behind);
    behind.strip_prefix(file).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn functions(image: &Path) -> Result<Vec<String>> {
    let bytes = elf::read(image)?;
    let calls = Calls::of(&object::File::parse(&*bytes)?)?;
    Ok(calls.functions().map(|function| function.name.clone()).collect())
}

/// The files that instructions of an image come from; an error if none is of the engine.
fn sources(image: &Path) -> Result<BTreeSet<String>> {
    let bytes = elf::read(image)?;
    let elf = object::File::parse(&*bytes)?;
    let section = |id: gimli::SectionId| -> Result<_> {
        let data = elf.section_by_name(id.name()).map(|section| section.data()).transpose()?;
        Ok(EndianSlice::new(data.unwrap_or_default(), LittleEndian))
    };
    let dwarf = Dwarf::load(section)?;
    let text = elf.section_by_name(".text");
    let code = text.map_or(0..0, |text| text.address()..text.address() + text.size());
    let mut sources = BTreeSet::new();
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        let unit = dwarf.unit(header)?;
        let Some(program) = unit.line_program.clone() else { continue };
        let mut rows = program.rows();
        let mut files = BTreeSet::new();
        while let Some((_, row)) = rows.next_row()? {
            if code.contains(&row.address()) && !row.end_sequence() {
                files.insert(row.file_index());
            }
        }
        let header = rows.header();
        for file in files.into_iter().filter_map(|index| header.file(index)) {
            let text = |value| dwarf.attr_string(&unit, value).map(|s| s.to_string_lossy());
            let folder = file.directory(header).map(text).transpose()?.unwrap_or_default();
            // A folder may be relative, to that of the crate.
            sources.insert(format!("/{folder}/{}", text(file.path_name())?));
        }
    }
    let known = sources.iter().any(|source| lies_in(source, ALWAYS));
    ensure!(known, "{} does not say which files of the engine it is made of", image.display());
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::lies_in;

    #[test]
    fn files_and_folders_are_told_from_others_of_similar_names() {
        assert!(lies_in("/home/me/regard/src/recurrent/cell.rs", "recurrent"));
        assert!(lies_in("/home/me/regard/src/number/sigmoid.rs", "number/sigmoid"));
        assert!(lies_in("/src/layer/norm.rs", "layer/norm"));
        assert!(!lies_in("/home/me/regard/src/encoder/recurrent.rs", "recurrent"));
        assert!(!lies_in("/home/me/regard/src/recurrent/attention.rs", "attention"));
        assert!(!lies_in("/home/me/regard/src/layer/normal.rs", "layer/norm"));
        assert!(!lies_in("/rustc/library/core/src/num/mod.rs", "number"));
    }
}
