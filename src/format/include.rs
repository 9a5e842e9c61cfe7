//! A model file in a program, checked while it is compiled: `static MODEL: Model = include_model!("my.rgd")`.

use bytemuck::Pod;

/// The first `BYTES` of a file as words, of whichever kind.
#[doc(hidden)]
pub const fn words_from_bytes<T: Pod, const BYTES: usize, const WORDS: usize>(
    file: &[u8],
) -> [T; WORDS] {
    match file.first_chunk::<BYTES>() {
        Some(bytes) => bytemuck::must_cast(*bytes),
        None => panic!("there are fewer bytes"),
    }
}

/// A model file as a constant [`Model`](crate::Model); a file that is not one is a build error that says why.
#[macro_export]
macro_rules! include_model {
    ($path:expr) => {{
        const BYTES: &[u8] = ::core::include_bytes!($path);
        const LEN: usize = BYTES.len();
        static WORDS: [u32; LEN / 4] =
            $crate::format::words_from_bytes::<u32, { LEN / 4 * 4 }, { LEN / 4 }>(BYTES);
        #[allow(long_running_const_eval, reason = "the whole file is checked")]
        const MODEL: $crate::Model<'static> = {
            assert!(LEN % 4 == 0, "the model file is truncated");
            let blocks =
                &mut $crate::format::words_from_bytes::<u128, { LEN / 16 * 16 }, { LEN / 16 }>(
                    BYTES,
                );
            match $crate::Model::parse_constant(&WORDS, blocks) {
                Ok(model) => model,
                Err(error) => panic!("{}", error.reason()),
            }
        };
        MODEL
    }};
}
