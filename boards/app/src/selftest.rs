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
/// With the feature `defmt` it is logged as well.
pub fn selftests<Port: Write>(
    port: &mut Port,
    models: &'static [Named],
    arena: Result<&mut [u8], Error>,
) -> usize {
    let mut passed = 0;
    match arena {
        Ok(arena) => {
            for (name, model) in models {
                // A port that fails has nobody to tell.
                passed += usize::from(matches!(one(port, name, model, arena), Ok(Ok(()))));
            }
        }
        Err(error) => _ = write!(port, "self-test: {error}\r\n"),
    }
    #[cfg(feature = "defmt")]
    if passed == models.len() {
        defmt::info!("self-test passed by all models");
    } else {
        defmt::error!("self-test passed by {} models alone", passed);
    }
    passed
}

fn one<Port: Write>(
    port: &mut Port,
    name: &str,
    model: &'static Model<'static>,
    arena: &mut [u8],
) -> Result<Result<(), Error>, WriteFmtError<Port::Error>> {
    write!(port, "{name}: ")?;
    match Seq2Seq::<Any>::new(model, arena) {
        Ok(mut engine) => selftest(port, &mut engine),
        Err(error) => {
            write!(port, "{error}\r\n")?;
            Ok(Err(error))
        }
    }
}
