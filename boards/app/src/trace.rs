//! All that a translation computes, as integers: what a host compares to the bit.
//!
//! ```text
//! step 17 exponent -19          the token, and the exponent of its logits
//! logits -8112 904 12…          a mantissa per word of the target language
//! alignment 310 31902 556       a weight per source token, in Q15
//! …
//! end
//! ```

use crate::{Outcome, Source, repl::explain};
use core::fmt::Display;
use embedded_io::Write;
use regard::Seq2Seq;
use regard::family::Family;

/// Answers `typed`, and writes every step.
///
/// # Errors
/// Those of the port.
pub fn trace<F: Family, Port: Write>(
    port: &mut Port,
    engine: &mut Seq2Seq<'_, F>,
    source: &impl Source<F>,
    typed: &str,
) -> Outcome<Port::Error> {
    let mut words = match source.start(engine, typed) {
        Ok(words) => words,
        Err(trouble) => return explain(port, &trouble, typed),
    };
    while let Some(mut step) = words.step() {
        write!(port, "step {} exponent {}\r\nlogits", step.token, step.logits.exponent())?;
        let mut written = Ok(());
        step.logits.each(|_, some| {
            if written.is_ok() {
                written = numbers(port, some);
            }
        });
        written?;
        port.write_all(b"\r\nalignment")?;
        numbers(port, step.alignment)?;
        port.write_all(b"\r\n")?;
    }
    Ok(port.write_all(b"end\r\n")?)
}

fn numbers<Port: Write, N: Display>(port: &mut Port, values: &[N]) -> Outcome<Port::Error> {
    for value in values {
        write!(port, " {value}")?;
    }
    Ok(())
}
