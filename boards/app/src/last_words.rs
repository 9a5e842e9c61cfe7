//! What a firmware for Cortex-M says when something goes badly wrong.

/// Hands on what panics and hard faults have to say to a function of the board, which says it where
/// people can read it and does not return.
///
/// ```ignore
/// fn fail(why: core::fmt::Arguments<'_>) -> ! { … }
///
/// app::last_words!(fail);
/// ```
#[macro_export]
macro_rules! last_words {
    ($fail:path) => {
        #[panic_handler]
        fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
            $fail(format_args!("{info}"))
        }

        #[cortex_m_rt::exception]
        unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
            $fail(format_args!("hard fault at {:#010x}", frame.pc()))
        }
    };
}
