//! The frame of the proofs: a panic handler that does not link, so that a firmware with a way to
//! panic is a build error, and a `main` that hides what [`run`](crate::run) comes to.

use core::hint::black_box;

#[cortex_m_rt::entry]
fn main() -> ! {
    black_box(crate::run().is_ok());
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn the_engine_has_a_way_to_panic() -> !;
    }
    // SAFETY: never linked, so never called.
    unsafe { the_engine_has_a_way_to_panic() }
}
