//! A panic handler that does not link: a firmware with a way to panic is a build error.

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn the_engine_has_a_way_to_panic() -> !;
    }
    // SAFETY: never linked, so never called.
    unsafe { the_engine_has_a_way_to_panic() }
}
