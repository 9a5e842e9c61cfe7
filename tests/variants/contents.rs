//! Arbitrary weights, and the model file that they make.

use super::noise::Noise;
use regard::format::emit::{Content, Matrix, Norm, emit};
use regard::format::{Dims, Kind, Role, Slot};
use regard::kernel::Layout;

/// Turns 0 … 255 into −16 … 16.
fn scales(slot: &Slot) -> Content {
    Content::pixels(&vec![(2, -255); slot.rows], -4)
}

/// A run for every other distance from −6 on.
#[cfg(feature = "variants")]
fn distances(slot: &Slot, noise: &mut Noise) -> Content {
    let starts: Vec<i32> = (0..slot.rows as i32).map(|run| 2 * run - 6).collect();
    let numbers = slot.rows * slot.columns;
    let energies: Vec<i16> = (0..numbers).map(|_| noise.between(-999, 999) as i16).collect();
    Content::distances(&starts, &energies)
}

fn matrix(slot: &Slot, layout: Layout, noise: &mut Noise) -> Content {
    let most = i64::from(layout.most_weight());
    let (least, most) = if most == 8 { (-8, 7) } else { (-most, most) };
    let weights: Vec<i8> =
        (0..slot.rows * slot.columns).map(|_| noise.between(least, most) as i8).collect();
    let biases: Vec<i32> =
        (0..slot.rows).map(|_| noise.between(-1 << 22, 1 << 22) as i32).collect();
    let multipliers: Vec<i16> =
        (0..slot.rows).map(|_| noise.between(16_384, 32_767) as i16).collect();
    Content::matrix(&Matrix {
        layout,
        weights: &weights,
        columns: slot.columns,
        multipliers: &multipliers,
        scale_exponent: -23,
        biases: &biases,
        bias_exponent: -24,
        // 127 · 130 columns · 2⁹ < 2²³, and so with 8 and 2¹⁹
        bits: if slot.columns > 32 { 10 } else { 12 }.min(layout.most_bits()),
    })
}

fn norm(slot: &Slot, noise: &mut Noise) -> Content {
    let gammas: Vec<i16> = (0..slot.rows).map(|_| noise.between(8000, 32_767) as i16).collect();
    let betas: Vec<i32> = (0..slot.rows).map(|_| noise.between(-1 << 20, 1 << 20) as i32).collect();
    Content::norm(&Norm {
        epsilon: (50_332, -32),
        gammas: &gammas,
        gamma_exponent: -13,
        betas: &betas,
        beta_exponent: -22,
    })
}

/// `layout`: of all matrices that can have it.
pub fn contents(dims: &Dims, layout: Layout, noise: &mut Noise) -> Vec<Content> {
    let layout_of = |slot: &Slot| if dims.takes(slot, layout) { layout } else { Layout::Pairs };
    let names = |n: usize| (0..n).map(|i| format!("w{i}")).collect::<Vec<_>>();
    (0..)
        .map_while(|index| dims.slot(index))
        .map(|slot| match (slot.kind(), slot.role) {
            (Kind::Matrix, _) => matrix(&slot, layout_of(&slot), noise),
            (Kind::Norm, _) => norm(&slot, noise),
            (_, Role::SelfTest) => Content::self_test(&[], &[]),
            (_, Role::Picture) => scales(&slot),
            #[cfg(feature = "variants")]
            (_, Role::Relative) => distances(&slot, noise),
            _ => Content::words(&names(slot.rows)),
        })
        .collect()
}

/// The words of a model file.
pub fn file(dims: &Dims, seed: u64) -> Vec<u32> {
    file_of(dims, Layout::Pairs, seed)
}

/// The words of a model file with such matrices.
pub fn file_of(dims: &Dims, layout: Layout, seed: u64) -> Vec<u32> {
    emit(dims, &contents(dims, layout, &mut Noise::new(seed))).expect("a model as the dims ask")
}
