//! Vectors where the compiler knows wide registers: the loops of `portable`, plain, for it to unroll.

/// The functions on vectors, compiled for a target feature.
macro_rules! loops {
    ($feature:literal) => {
        use $crate::kernel::portable::{Norm, scale};

        /// See [`crate::kernel::portable::magnitude`].
        #[target_feature(enable = $feature)]
        pub(super) fn magnitude(values: &[i32]) -> u32 {
            values.iter().fold(0, |all, &v| all | (v ^ (v >> 31))) as u32
        }

        /// See [`crate::kernel::portable::narrow`].
        #[target_feature(enable = $feature)]
        pub(super) fn narrow(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
            let down = shift.wrapping_sub(1) & 31;
            for (out, &value) in out.iter_mut().zip(values) {
                *out = ((value >> down).wrapping_add(1) >> 1).min(limit) as i16;
            }
        }

        /// See [`crate::kernel::portable::add_scaled`].
        #[target_feature(enable = $feature)]
        pub(super) fn add_scaled(wide: &mut [i32], shift: u32, x: &[i16], factor: i32) {
            if shift == 0 {
                for (wide, &x) in wide.iter_mut().zip(x) {
                    *wide = wide.wrapping_add(factor.wrapping_mul(x.into()));
                }
                return;
            }
            let down = shift.wrapping_sub(1) & 31;
            for (wide, &x) in wide.iter_mut().zip(x) {
                let cut = (*wide >> down).wrapping_add(1) >> 1;
                *wide = cut.wrapping_add(factor.wrapping_mul(x.into()));
            }
        }

        /// See [`crate::kernel::portable::moments`].
        #[target_feature(enable = $feature)]
        pub(super) fn moments(x: &[i16]) -> (i32, u64) {
            let (mut sum, mut squares) = (0i32, 0u64);
            for &x in x {
                let x = i32::from(x);
                sum = sum.wrapping_add(x);
                squares = squares.wrapping_add(u64::from(x.wrapping_mul(x) as u32));
            }
            (sum, squares)
        }

        /// See [`crate::kernel::portable::norm`].
        #[target_feature(enable = $feature)]
        pub(super) fn norm(norm: Norm, x: &[i16], gammas: &[u32], betas: &[u32], out: &mut [i32]) {
            let down = norm.beta_shift.wrapping_sub(1).min(31);
            for (((out, &x), &gamma), &beta) in out.iter_mut().zip(x).zip(gammas).zip(betas) {
                let value = norm.factor.wrapping_mul(x.into()).wrapping_sub(norm.offset);
                let scaled = scale(scale(value, norm.root), gamma as i32);
                *out = scaled.wrapping_add((beta as i32 >> down).wrapping_add(1) >> 1);
            }
        }
    };
}

pub(super) use loops;
