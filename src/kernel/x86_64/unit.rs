//! What the processor has, asked once.
//!
//! `std` could tell; without it CPUID does: Intel, Software Developer's Manual, volume 2, CPUID, and
//! volume 1, 13.3 and 14.3 (the operating system must save the wide registers too).

#![expect(unsafe_code, reason = "XGETBV is an instruction of processors that have XSAVE")]

use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv, CpuidResult};
use core::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// Nothing of use: `portable`.
pub(super) const NONE: u8 = 1;
/// AVX2: VPMADDWD and VPADDD.
pub(super) const MADD: u8 = 2;
/// AVX-VNNI: VPDPWSSD, in the encoding of AVX.
pub(super) const VEX: u8 = 3;
/// AVX512-VNNI and AVX512-VL: VPDPWSSD, in the encoding of AVX-512.
pub(super) const EVEX: u8 = 4;

/// What is used, or 0 while nobody has asked. Whoever asks first, the answer is the same.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

/// One of the constants above.
#[inline]
pub(super) fn unit() -> u8 {
    match CHOSEN.load(Relaxed) {
        0 => ask(),
        known => known,
    }
}

#[cold]
fn ask() -> u8 {
    let found = detect();
    CHOSEN.store(found, Relaxed);
    found
}

fn detect() -> u8 {
    let has = |register: u32, bit: u32| register >> bit & 1 == 1;
    let [highest, first] = [leaf(0, 0).eax, leaf(1, 0).ecx];
    let (xsave, avx) = (has(first, 27), has(first, 28));
    if highest < 7 || !xsave || !avx {
        return NONE;
    }
    // SAFETY: the bit says that XGETBV is there and may be used.
    let saved = unsafe { _xgetbv(0) };
    let extended = leaf(7, 0);
    let (ymm, zmm) = (saved & 0x06 == 0x06, saved & 0xE6 == 0xE6);
    if !ymm || !has(extended.ebx, 5) {
        return NONE;
    }
    if extended.eax >= 1 && has(leaf(7, 1).eax, 4) {
        return VEX;
    }
    let avx512 = has(extended.ebx, 16) && has(extended.ebx, 31) && has(extended.ecx, 11);
    if zmm && avx512 { EVEX } else { MADD }
}

#[allow(unused_unsafe, reason = "later compilers know that every x86-64 has CPUID")]
fn leaf(leaf: u32, part: u32) -> CpuidResult {
    // SAFETY: every x86-64 has CPUID.
    unsafe { if part == 0 && leaf < 7 { __cpuid(leaf) } else { __cpuid_count(leaf, part) } }
}

/// The suite runs once for each of them.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::conformance;

    #[test]
    fn each_unit_that_the_processor_has_equals_portable() {
        let found = detect();
        let all = match found {
            // A processor may have both encodings; the rarer one is tested where it is chosen.
            NONE => &[NONE][..],
            MADD => &[NONE, MADD],
            VEX => &[NONE, MADD, VEX],
            _ => &[NONE, MADD, EVEX],
        };
        for &unit in all {
            // Other tests may see it: their results do not depend on it.
            CHOSEN.store(unit, Relaxed);
            assert_eq!(conformance::run(), conformance::EXPECTED, "unit {unit}");
            for &(name, layout, expected) in conformance::LAYOUTS {
                assert_eq!(conformance::run_layout(layout), expected, "unit {unit}, {name}");
            }
        }
        CHOSEN.store(found, Relaxed);
    }
}
