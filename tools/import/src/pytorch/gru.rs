//! `nn.GRU`: W and U of one layer in one direction, with their biases.

use crate::Error;
use crate::taken::Taken;

/// Takes the tensors that end in `end` (`l0`, `l0_reverse` …) from one module to another.
/// `[width, hidden]`: of what it reads, of its state.
pub(super) fn take(
    taken: &mut Taken,
    [theirs, ours]: [&str; 2],
    end: &str,
    [width, hidden]: [usize; 2],
) -> Result<(), Error> {
    let rows = 3usize.saturating_mul(hidden);
    for (tensor, shape) in [
        ("weight_ih", &[rows, width][..]),
        ("weight_hh", &[rows, hidden]),
        ("bias_ih", &[rows]),
        ("bias_hh", &[rows]),
    ] {
        taken.carry(
            &format!("{theirs}.{tensor}_{end}"),
            format!("{ours}.{tensor}_{end}"),
            shape,
        )?;
    }
    Ok(())
}
