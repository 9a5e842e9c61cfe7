//! Facts about the suite itself: `portable` is the formula, and the cases reach its limits.

use super::{COLUMNS, Case, EXPECTED, GUARD, LAYOUTS, POISON, ROWS, for_each_case};
use super::{run, run_layout};
use crate::kernel::{Layout, depthwise, portable};

#[test]
fn selected_kernels_equal_portable_and_the_hash_of_every_core() {
    assert_eq!(run(), EXPECTED);
    for (name, layout, expected) in LAYOUTS {
        assert_eq!(run_layout(*layout), *expected, "{name}");
    }
}

#[test]
fn keys_that_are_not_there_are_not_read_even_if_their_number_wraps_around() {
    for dots in [crate::kernel::dots, portable::dots] {
        let mut out = [GUARD; 8];
        dots(&[], 1 << (usize::BITS - 1), &[[1; 4]], &mut out);
        dots(&[0; 7], 4, &[[1; 4]], &mut out);
        dots(&[0; 8], 4, &[[1; 4]; 2], &mut out);
        assert_eq!(out, [GUARD; 8]);
    }
}

/// The formula of [`crate::kernel::matvec`] in 64 bits, from weights one by one.
fn exact(case: &Case<'_>, row: usize) -> (i64, i64) {
    let products = case.x.iter().take(case.rows.columns()).enumerate();
    let sum: i64 = products.map(|(c, &x)| i64::from(case.rows.weight(row, c)) * i64::from(x)).sum();
    let rounded = |value: i64, shift: u32| (value + ((1 << shift) >> 1)) >> shift;
    let multiplier = i64::from(case.rows.multiplier(row) >> 16);
    let scaled = rounded(256 * sum * multiplier, 16);
    (sum, scaled + rounded(i64::from(case.rows.bias(row)), case.bias_shift))
}

#[test]
fn portable_is_the_formula_and_cases_reach_the_limit() {
    reaches_the_limit(Layout::Pairs);
    for (_, layout, _) in LAYOUTS {
        reaches_the_limit(*layout);
    }
}

fn reaches_the_limit(layout: Layout) {
    let mut largest = 0;
    for_each_case(layout, |case| {
        let mut out = [0; 12];
        portable::matvec(&case.rows, case.x, case.bias_shift, &mut out[..case.outputs]);
        let (out, behind) = out.split_at(case.outputs.min(case.rows.rows()));
        assert_eq!(behind, &[0; 12][out.len()..], "filling rows are not outputs");
        for (row, out) in out.iter().enumerate() {
            let (sum, expected) = exact(case, row);
            largest = largest.max(sum.abs());
            assert_eq!(i64::from(*out), expected, "row {row} of {case:?}");
        }
    });
    let (limit, most) = (i64::from(layout.sum_limit()), i64::from(layout.most_weight()));
    let reached = if layout.most_bits() == 8 { 127 * 127 * COLUMNS as i64 } else { limit - most };
    assert!((reached..limit).contains(&largest), "{layout:?}: {largest}");
}

#[test]
fn a_row_of_depthwise_is_a_row_of_matvec() {
    // What a channel reads, in sums that are no larger than those of x.
    let own = |row: usize, x: i16| [x, -x, x / 2, x / -3][row % 4];
    for_each_case(Layout::Pairs, |case| {
        let (rows, columns) = (case.rows.rows(), case.rows.columns());
        let mut spread = [POISON; ROWS * (COLUMNS + 3)];
        let mut expected = [GUARD; ROWS + 3];
        for (row, expected) in expected[..rows.min(case.outputs)].iter_mut().enumerate() {
            let (mut x, mut out) = ([0; COLUMNS + 3], [0; ROWS]);
            for (column, (to, &from)) in x.iter_mut().zip(case.x).take(columns).enumerate() {
                *to = own(row, from);
                spread[column * rows + row] = *to;
            }
            portable::matvec(&case.rows, &x, case.bias_shift, &mut out);
            *expected = out[row];
        }
        let mut found = [GUARD; ROWS + 3];
        let spread = &spread[..rows * case.x.len()];
        depthwise(
            &case.rows,
            spread,
            case.rows.rows(),
            case.bias_shift,
            &mut found[..case.outputs],
        );
        assert_eq!(found, expected, "{case:?}");
    });
}
