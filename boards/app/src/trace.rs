//! All that a translation computes, as integers: what a host compares to the bit.
//!
//! ```text
//! step 17 exponent -19          the token, and the exponent of its logits
//! logits -8112 904 12…          a mantissa per word of the target language
//! alignment 310 31902 556       a weight per source token, in Q15
//! …
//! end
//! ```

use crate::{Outcome, repl::explain};
use core::fmt::Display;
use embedded_io::Write;
use regard::Transformer;

/// Translates `sentence`, and writes every step.
///
/// # Errors
/// Those of the port.
pub fn trace<Port: Write>(
    port: &mut Port,
    translator: &mut Transformer<'_>,
    sentence: &str,
) -> Outcome<Port::Error> {
    let mut words = match translator.translate(sentence) {
        Ok(words) => words,
        Err(error) => return explain(port, error, sentence),
    };
    while let Some(step) = words.step() {
        let logits = words.logits();
        write!(port, "step {} exponent {}\r\n", step.token, logits.exponent)?;
        numbers(port, "logits", logits.mantissas)?;
        numbers(port, "alignment", step.alignment)?;
    }
    Ok(port.write_all(b"end\r\n")?)
}

fn numbers<Port: Write, N: Display>(
    port: &mut Port,
    name: &str,
    values: &[N],
) -> Outcome<Port::Error> {
    port.write_all(name.as_bytes())?;
    for value in values {
        write!(port, " {value}")?;
    }
    Ok(port.write_all(b"\r\n")?)
}
