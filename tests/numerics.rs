//! The worked example of docs/NUMERICS.md.

use regard::kernel::{Layout, Rows, matvec};
use regard::number::{narrow, round_shift};

#[test]
fn the_worked_example_of_the_page_is_what_the_engine_computes() {
    let bias = 429_496_730; // 0.1 · 2³²
    let words = Layout::Pairs.pack(&[127, -63], 2, &[bias], &[16_513]);
    let rows = Rows::new(&words, 1, 2).expect("exact length");
    let mut x = [0; 2];
    // 1.5 and −0.75, as a layer before would leave them: wide.
    let exponent = narrow(&[1_572_864, -786_432], -20, 12, i32::MIN, &mut x);
    assert_eq!((x, exponent), ([1536, -768], -10));
    let mut out = [0];
    matvec(&rows, &x, 8, &mut out);
    assert_eq!(round_shift(bias, 8), 1_677_722);
    assert_eq!(out, [15_703_863 + 1_677_722]);
    assert!((f64::from(out[0]) / f64::from(1 << 24) - 1.0375).abs() < 0.002);
}
