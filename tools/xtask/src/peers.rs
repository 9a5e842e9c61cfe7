//! What CMSIS-NN executes, counted the same way by a harness that is not part of this project.

/// Commit and compilers.
pub(crate) const PEER: &str = "CMSIS-NN 99f736a, the better of gcc 12.2 and clang 19";

/// Names of the cores of each column of [`PEERS`].
const CORES: [&[&str]; 4] = [&["m0", "m0+"], &["m3"], &["m4", "m33"], &["m55"]];

/// Not counted.
const NONE: f64 = f64::NAN;

/// Instructions per product, or per number of a vector. Of int4, which it counted over several
/// shapes, the least.
#[rustfmt::skip]
const PEERS: [(&str, [f64; 4]); 18] = [
    ("1x64x64", [7.60, 4.00, 2.60, 0.37]),
    ("1x128x128", [6.78, 3.67, 2.23, 0.25]),
    ("1x512x128", [6.22, 3.45, 1.96, 0.18]),
    ("2x128x128", [6.78, 3.67, 2.23, 0.25]),
    ("lstm/64,h128", [7.1, 3.7, 2.53, 0.47]),
    ("conv3x3/16x16,16-32", [7.1, 2.9, 2.13, 0.32]),
    ("energies/4h,t32,d32", [9.4, 4.8, 3.34, 0.60]),
    ("softmax/32", [1556.0, 420.0, 420.0, 75.0]),
    ("add/128", [214.0, 75.0, 50.0, 8.0]),
    ("bytes/1x64x64", [NONE, NONE, NONE, 0.37]),
    ("bytes/1x128x128", [NONE, NONE, NONE, 0.25]),
    ("bytes/1x512x128", [NONE, NONE, NONE, 0.18]),
    ("bytes/2x128x128", [NONE, NONE, NONE, 0.25]),
    ("bytes/lstm/64,h128", [NONE, NONE, NONE, 0.47]),
    ("bytes/conv3x3/16x16,16-32", [NONE, NONE, NONE, 0.32]),
    ("int4/1x64x64", [NONE, NONE, 4.1, 0.35]),
    ("int4/1x128x128", [NONE, NONE, 4.1, 0.35]),
    ("int4/1x512x128", [NONE, NONE, 4.1, 0.35]),
];

/// Its figure, if there is one.
pub(crate) fn figure(core: &str, case: &str) -> Option<f64> {
    let column = CORES.iter().position(|names| names.contains(&core))?;
    let (_, figures) = PEERS.iter().find(|(name, _)| *name == case)?;
    Some(figures[column]).filter(|figure| !figure.is_nan())
}
