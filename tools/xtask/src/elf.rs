//! What the engine's part of a firmware must not reach: panics, floats, 64-bit divisions.

use crate::calls::Calls;
use anyhow::{Context, Result, bail, ensure};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _};
use std::collections::BTreeMap;
use std::path::Path;

/// Sizes of what lies in flash, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flash {
    /// Instructions.
    pub(crate) code: u64,
    /// Constants.
    pub(crate) constants: u64,
    /// Initial values of variables.
    pub(crate) data: u64,
}

impl Flash {
    /// Of an image.
    pub(crate) fn of(file: &Path) -> Result<Self> {
        let bytes = read(file)?;
        let elf = object::File::parse(&*bytes)?;
        let size = |name| elf.section_by_name(name).map_or(0, |section| section.size());
        Ok(Self { code: size(".text"), constants: size(".rodata"), data: size(".data") })
    }
}

/// Bytes of RAM that an image takes beside its stack.
pub(crate) fn statics(file: &Path) -> Result<u64> {
    let bytes = read(file)?;
    let elf = object::File::parse(&*bytes)?;
    let size = |name| elf.section_by_name(name).map_or(0, |section| section.size());
    Ok([".data", ".bss", ".uninit"].map(size).iter().sum())
}

/// What the linker script sets a symbol to, if it does.
pub(crate) fn symbol(file: &Path, name: &str) -> Result<Option<u64>> {
    let bytes = read(file)?;
    let elf = object::File::parse(&*bytes)?;
    Ok(elf.symbol_by_name(name).map(|symbol| symbol.address()))
}

/// Names and bytes of the functions of a module, by name; of one name all together.
pub(crate) fn sizes(file: &Path, module: &str) -> Result<Vec<(String, u64)>> {
    let bytes = read(file)?;
    let mut sizes = BTreeMap::new();
    for function in Calls::of(&object::File::parse(&*bytes)?)?.functions() {
        if let Some(name) = function.name.strip_prefix(module) {
            *sizes.entry(name.to_owned()).or_insert(0) += function.bytes();
        }
    }
    Ok(sizes.into_iter().collect())
}

/// `cargo xtask check-elf FILE`
pub(crate) fn check(file: &Path) -> Result<()> {
    println!("{}: {}", file.display(), engine_is_clean(file)?);
    let flash = Flash::of(file)?;
    println!(
        "code {} bytes, constants (weights too) {}, data {}",
        flash.code, flash.constants, flash.data
    );
    Ok(())
}

/// An error that shows the way to each thing that the engine must not reach.
pub(crate) fn engine_is_clean(file: &Path) -> Result<String> {
    let bytes = read(file)?;
    let calls = Calls::of(&object::File::parse(&*bytes)?)?;
    let roots = calls.functions().filter(|function| is_engine(&function.name)).count();
    ensure!(roots > 0, "{} holds no function of the engine, or no symbols", file.display());
    let ways = calls.ways(is_engine, is_forbidden);
    if !ways.is_empty() {
        let ways: Vec<String> = ways.iter().map(|way| way.join("\n    → ")).collect();
        bail!("the engine reaches what it must not:\n  {}", ways.join("\n  "));
    }
    Ok(format!("{roots} functions of the engine reach no panic, float or 64-bit division"))
}

/// An error if any function of the image is one that the engine must not have.
pub(crate) fn image_is_clean(file: &Path) -> Result<()> {
    let bytes = read(file)?;
    let calls = Calls::of(&object::File::parse(&*bytes)?)?;
    let found: Vec<&str> =
        calls.functions().map(|f| f.name.as_str()).filter(|name| is_forbidden(name)).collect();
    ensure!(found.is_empty(), "the image holds {}", found.join(", "));
    Ok(())
}

pub(crate) fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{}", file.display()))
}

/// A function of the engine. Its error messages are for people, and not its computation.
fn is_engine(name: &str) -> bool {
    let own = name.starts_with("regard::") || name.starts_with("<regard::");
    own && !name.contains("core::fmt::") && !name.contains("defmt::")
}

/// Panics, soft floats and 64-bit divisions, by the names that the compiler gives them.
fn is_forbidden(name: &str) -> bool {
    const DIVISIONS: [&str; 8] = [
        "__aeabi_ldivmod",
        "__aeabi_uldivmod",
        "__divdi3",
        "__udivdi3",
        "__moddi3",
        "__umoddi3",
        "__divmoddi4",
        "__udivmoddi4",
    ];
    const FLOATS: [&str; 6] = ["2f", "2d", "f2", "d2", "f", "d"];
    let helper = name.strip_prefix("__aeabi_").unwrap_or_default();
    let is_division = DIVISIONS.contains(&name) || name.contains("u64_div_rem");
    let is_float = FLOATS.iter().any(|float| helper.starts_with(float))
        || ["i2", "ui2", "l2", "ul2"].iter().any(|int| helper.starts_with(int))
        || name.contains("compiler_builtins::float")
        || (name.starts_with("__") && (name.contains("sf") || name.contains("df")))
            && name.ends_with(|last: char| last.is_ascii_digit() || last == 'i' || last == 'f');
    let is_panic = name.contains("core::panicking")
        || name.contains("rust_begin_unwind")
        || name.contains("unwrap_failed")
        || name.contains("expect_failed")
        || name.contains("slice_error_fail")
        || name.contains("_index_fail")
        || name.contains("len_mismatch_fail");
    is_division || is_float || is_panic
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_names_are_known() {
        for name in [
            "__aeabi_fadd",
            "__aeabi_d2iz",
            "__aeabi_ui2f",
            "__aeabi_l2d",
            "__mulsf3",
            "__adddf3",
            "__fixsfsi",
            "__floatsidf",
            "__aeabi_uldivmod",
            "__udivmoddi4",
            "core::panicking::panic_bounds_check",
            "core::slice::copy_from_slice_impl::len_mismatch_fail",
            "core::option::unwrap_failed",
        ] {
            assert!(is_forbidden(name), "{name}");
        }
    }

    #[test]
    fn integer_helpers_are_allowed() {
        for name in ["__aeabi_lmul", "__aeabi_uidiv", "__aeabi_memcpy4", "memcpy", "__aeabi_llsl"] {
            assert!(!is_forbidden(name), "{name}");
        }
    }

    #[test]
    fn messages_are_not_the_engine() {
        assert!(is_engine("regard::kernel::dsp::matvec"));
        assert!(is_engine("<regard::seq2seq::Words as core::iter::Iterator>::next"));
        assert!(!is_engine("<regard::error::Error as core::fmt::Display>::fmt"));
        assert!(!is_engine("app::repl::repl"));
    }
}
