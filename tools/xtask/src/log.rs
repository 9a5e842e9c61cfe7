//! The log of a firmware: defmt sends numbers, the texts stay in the ELF file.
//!
//! ```text
//! frame, rzCOBS   xx xx xx … 00        read from its end: a byte says which of the 7 before it
//!                                      were zeros and were left out
//! frame           index (16 bits) …    the address of a symbol in `.defmt`, then the arguments
//! symbol          {"tag":"defmt_info","data":"self-test passed", …}
//! ```
//! Texts are shown with their places for arguments; `defmt-print` fills them in.

use anyhow::{Context, Result, bail};
use object::{Object as _, ObjectSymbol as _};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The lines of a log that `firmware` wrote: level and text.
pub(crate) fn decode(firmware: &Path, bytes: &[u8]) -> Result<Vec<String>> {
    let elf = std::fs::read(firmware)?;
    let elf = object::File::parse(&*elf)?;
    let texts: BTreeMap<u64, String> = elf.symbols().filter_map(text).collect();
    let frames = bytes.split(|byte| *byte == 0).filter(|frame| !frame.is_empty());
    let line = |frame| {
        let frame: Vec<u8> = unstuff(frame)?;
        let [low, high, ..] = frame.as_slice() else { bail!("a frame without index") };
        let index = u64::from(u16::from_le_bytes([*low, *high]));
        texts.get(&index).cloned().with_context(|| format!("no text has the index {index}"))
    };
    frames.map(line).collect()
}

/// Address and text of a symbol that defmt made.
fn text(symbol: object::Symbol<'_, '_>) -> Option<(u64, String)> {
    let fields: Value = serde_json::from_str(symbol.name().ok()?).ok()?;
    let level = fields["tag"].as_str()?.strip_prefix("defmt_")?;
    Some((symbol.address(), format!("{level}: {}", fields["data"].as_str()?)))
}

/// Puts the zeros back (rzCOBS, as the crate of that name specifies it).
fn unstuff(stuffed: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = stuffed.iter().rev().copied();
    while let Some(code) = rest.next() {
        let (zeros, copied) = match code {
            0x80.. if code < 0xFF => (1, usize::from(code & 0x7F) + 7),
            0xFF => (0, 134),
            _ => (0, 0),
        };
        bytes.resize(bytes.len() + zeros, 0);
        for _ in 0..copied {
            bytes.push(rest.next().context("a frame is cut off")?);
        }
        if code < 0x80 {
            for place in (0..7).rev() {
                let zero = code >> place & 1 == 1;
                bytes.push(if zero { 0 } else { rest.next().context("a frame is cut off")? });
            }
        }
    }
    bytes.reverse();
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::unstuff;

    /// As the embedded encoder would send it: the byte of seven flags follows its bytes.
    #[test]
    fn zeros_come_back() {
        let stuffed = [0x0A, 0x0B, 0b111_1100];
        assert_eq!(unstuff(&stuffed).ok(), Some(vec![0x0A, 0x0B, 0, 0, 0, 0, 0]));
        assert!(unstuff(&[0x0A, 0x01]).is_err());
    }
}
