//! A look at a pickle before anybody reads it: how long it is, and whom it calls.
//!
//! A pickle is a program for a stack machine (Python's `pickletools` lists its instructions). Nothing
//! here runs one: this walks over the instructions, counts them, and reads the names of functions and
//! classes (`c module\nname\n`), all of which must be ones that tensors and plain values are made with.

use std::io::{self, BufRead, Read as _};

/// Most instructions of a file: over 10,000 tensors.
const MOST_STEPS: usize = 1 << 20;
/// Most bytes of them.
const MOST_BYTES: u64 = 1 << 25;
/// Longest line of text, a name of a module or a function.
const MOST_LINE: u64 = 1 << 10;

/// Modules and names of them; `*` stands for any text.
const KNOWN: [(&str, &str); 18] = [
    ("torch._utils", "_rebuild_tensor*"),
    ("torch._utils", "_rebuild_parameter*"),
    ("torch._tensor", "_rebuild_from_type_v2"),
    ("torch.nn.parameter", "Parameter"),
    ("torch.storage", "*Storage"),
    ("torch", "*Storage"),
    ("torch", "Size"),
    ("torch", "device"),
    ("torch", "*float*"),
    ("torch", "*int*"),
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
    // A number of NumPy, as checkpoints keep the best loss.
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
    ("builtins", "*"),
    ("__builtin__", "*"),
];
/// Of `builtins`: what holds values, and does nothing.
const PLAIN: [&str; 12] = [
    "set",
    "frozenset",
    "dict",
    "list",
    "tuple",
    "int",
    "long",
    "float",
    "bool",
    "complex",
    "str",
    "bytearray",
];

/// What a walk has left.
pub(super) struct Walk {
    steps: usize,
    bytes: u64,
}

impl Walk {
    pub(super) fn new() -> Self {
        Self { steps: MOST_STEPS, bytes: MOST_BYTES }
    }

    /// Goes over one pickle, up to the instruction that ends it.
    pub(super) fn over(&mut self, reader: &mut impl BufRead) -> Result<(), String> {
        loop {
            self.steps = self.steps.checked_sub(1).ok_or("its pickle has too many instructions")?;
            let instruction = self.byte(reader)?;
            match instruction {
                b'.' => return Ok(()),
                b'c' => {
                    let (module, name) = (self.line(reader)?, self.line(reader)?);
                    if !known(&module, &name) {
                        return Err(stranger(&module, &name));
                    }
                }
                b'I' | b'L' | b'F' | b'V' | b'S' | b'g' | b'p' | b'P' => drop(self.line(reader)?),
                b'K' | b'h' | b'q' | 0x80 => self.skip(reader, 1)?,
                b'M' => self.skip(reader, 2)?,
                b'J' | b'j' | b'r' => self.skip(reader, 4)?,
                b'G' | 0x95 => self.skip(reader, 8)?,
                b'U' | b'C' | 0x8a | 0x8c => self.skip_counted::<1>(reader)?,
                b'T' | b'X' | b'B' | 0x8b => self.skip_counted::<4>(reader)?,
                0x8d | 0x8e | 0x96 => self.skip_counted::<8>(reader)?,
                b'('
                | b'0'
                | b'1'
                | b'2'
                | b'N'
                | b'R'
                | b'b'
                | b'd'
                | b'l'
                | b't'
                | b's'
                | b'a'
                | b')'
                | b']'
                | b'}'
                | b'e'
                | b'u'
                | b'Q'
                | 0x81
                | 0x85..=0x89
                | 0x8f..=0x92
                | 0x94 => {}
                0x93 => {
                    let why = "its pickle is of protocol 4 or later; save it with torch.save alone, \
                               which writes protocol 2";
                    return Err(why.into());
                }
                other => return Err(format!("its pickle has an instruction {other:#04x}")),
            }
        }
    }

    fn byte(&mut self, reader: &mut impl BufRead) -> Result<u8, String> {
        self.count::<1>(reader).map(|value| value as u8)
    }

    /// A number of `N` bytes, little-endian.
    fn count<const N: usize>(&mut self, reader: &mut impl BufRead) -> Result<u64, String> {
        self.spend(N as u64)?;
        let mut bytes = [0; N];
        reader.read_exact(&mut bytes).map_err(|cause| ended(&cause))?;
        Ok(bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    fn skip_counted<const N: usize>(&mut self, reader: &mut impl BufRead) -> Result<(), String> {
        let count = self.count::<N>(reader)?;
        self.skip(reader, count)
    }

    fn skip(&mut self, reader: &mut impl BufRead, count: u64) -> Result<(), String> {
        self.spend(count)?;
        let copied = io::copy(&mut reader.take(count), &mut io::sink());
        match copied.map_err(|cause| ended(&cause))? {
            done if done == count => Ok(()),
            _ => Err(ended(&io::ErrorKind::UnexpectedEof.into())),
        }
    }

    fn line(&mut self, reader: &mut impl BufRead) -> Result<String, String> {
        let mut line = Vec::new();
        reader.take(MOST_LINE).read_until(b'\n', &mut line).map_err(|cause| ended(&cause))?;
        self.spend(line.len() as u64)?;
        match line.pop() {
            Some(b'\n') => Ok(String::from_utf8_lossy(&line).trim_end_matches('\r').into()),
            _ => Err("its pickle has a line without an end".into()),
        }
    }

    fn spend(&mut self, bytes: u64) -> Result<(), String> {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.ok_or_else(|| format!("its pickle has more than {MOST_BYTES} bytes"))?;
        Ok(())
    }
}

fn ended(cause: &io::Error) -> String {
    format!("its pickle cannot be read to its end: {cause}")
}

fn known(module: &str, name: &str) -> bool {
    let plain = module.starts_with("builtins") || module.starts_with("__builtin__");
    KNOWN.iter().any(|&(known, names)| known == module && fits(names, name))
        && (!plain || PLAIN.contains(&name))
}

/// `*` stands for any text, at either end.
fn fits(pattern: &str, name: &str) -> bool {
    let inner = pattern.trim_matches('*');
    match (pattern.starts_with('*'), pattern.ends_with('*')) {
        (false, false) => name == inner,
        (false, true) => name.starts_with(inner),
        (true, false) => name.ends_with(inner),
        (true, true) => name.contains(inner),
    }
}

fn stranger(module: &str, name: &str) -> String {
    format!(
        "it calls `{module}.{name}`, which makes no tensor, and nothing of it is run; save the weights \
         alone, with torch.save(model.state_dict(), …), or of two modules \
         torch.save({{\"encoder\": encoder.state_dict(), \"decoder\": decoder.state_dict()}}, …)"
    )
}
