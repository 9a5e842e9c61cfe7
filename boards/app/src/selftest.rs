//! The test that a model file carries: what each step of one sentence must come to.

use embedded_io::{Write, WriteFmtError};
use regard::{Error, SelfTest, Transformer};

/// Runs the test, says how it went, and returns that.
///
/// # Errors
/// Outside those of the port, inside those of the test.
pub fn selftest<Port: Write>(
    port: &mut Port,
    translator: &mut Transformer<'_>,
) -> Result<Result<(), Error>, WriteFmtError<Port::Error>> {
    let test = SelfTest::of(translator.model());
    let result = test.run(translator);
    match result {
        Ok(()) => write!(port, "self-test: {} steps as stated\r\n", test.len())?,
        Err(error) => write!(port, "self-test: {error}\r\n")?,
    }
    Ok(result)
}
