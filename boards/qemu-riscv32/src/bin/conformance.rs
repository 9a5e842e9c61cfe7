//! Every kernel case against `portable` on this core. One line, and exit status 0 if no result
//! differs and the hash of all results is that of the host and of every other core.

#![no_std]
#![no_main]

use core::fmt::Write as _;
use qemu_riscv32::{NAME, Serial, exit};
use regard::kernel::{self, conformance};
use riscv_rt::entry;

#[entry]
fn main() -> ! {
    let report = conformance::run();
    _ = writeln!(Serial::new(), "{report} {} {NAME}\r", kernel::NAME);
    exit(i32::from(report != conformance::EXPECTED))
}
