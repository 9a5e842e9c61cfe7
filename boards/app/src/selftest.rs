//! The test that a model file carries: what each step of one sentence, or picture, must come to.

use embedded_io::{Write, WriteFmtError};
use regard::family::{Any, Family};
use regard::{Error, Model, SelfTest, Seq2Seq};

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

/// A model, and what people call it.
pub type Named = (&'static str, Model<'static>);

/// The bytes of an arena for one of them at a time.
#[must_use]
pub const fn largest(models: &[Named]) -> usize {
    let (mut bytes, mut at) = (0, 0);
    while at < models.len() {
        let own = models[at].1.arena_bytes();
        bytes = if own > bytes { own } else { bytes };
        at += 1;
    }
    bytes
}

/// Runs the tests of models of any kind, one after the other, says how each went, and returns how
/// many passed. `arena`: as [`largest`] says.
///
/// # Errors
/// Those of the port.
pub fn selftests<Port: Write>(
    port: &mut Port,
    models: &'static [Named],
    arena: &mut [u8],
) -> Result<usize, WriteFmtError<Port::Error>> {
    let mut passed = 0;
    for (name, model) in models {
        write!(port, "{name}: ")?;
        let result = match Seq2Seq::<Any>::new(model, arena) {
            Ok(mut engine) => selftest(port, &mut engine)?,
            Err(error) => {
                write!(port, "{error}\r\n")?;
                Err(error)
            }
        };
        passed += usize::from(result.is_ok());
    }
    Ok(passed)
}
