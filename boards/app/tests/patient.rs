//! Ports of real boards: what one does whose line has noise.

use app::Patient;
use embedded_io::{ErrorKind, ErrorType, Read};

/// Every other read fails, as after an overrun.
struct Noisy {
    bytes: &'static [u8],
    fails: bool,
}

impl ErrorType for Noisy {
    type Error = ErrorKind;
}

impl Read for Noisy {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.fails = !self.fails;
        if self.fails {
            return Err(ErrorKind::Other);
        }
        let Ok(length) = self.bytes.read(&mut buffer[..1]);
        Ok(length)
    }
}

#[test]
fn a_patient_port_reads_on_after_an_error() {
    let mut port = Patient(Noisy { bytes: b"milk", fails: false });
    let mut read = [0; 4];
    port.read_exact(&mut read).expect("it reads on");
    assert_eq!(&read, b"milk");
}
