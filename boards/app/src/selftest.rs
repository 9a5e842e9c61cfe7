//! The test that a model file carries: what each step of one sentence must come to.

use embedded_io::{Write, WriteFmtError};
use regard::family::Family;
use regard::{Error, SelfTest, Seq2Seq};

/// Runs the test, says how it went, and returns that.
///
/// # Errors
/// Outside those of the port, inside those of the test.
pub fn selftest<F: Family, Port: Write>(
    port: &mut Port,
    translator: &mut Seq2Seq<'_, F>,
) -> Result<Result<(), Error>, WriteFmtError<Port::Error>> {
    let test = SelfTest::of(translator.model());
    let result = test.run(translator);
    match result {
        Ok(()) => write!(port, "self-test: {} steps as stated\r\n", test.len())?,
        Err(error) => write!(port, "self-test: {error}\r\n")?,
    }
    Ok(result)
}
