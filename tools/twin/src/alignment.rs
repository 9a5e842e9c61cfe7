//! From energies to an alignment.

use ndarray::Array1;

/// `exp(e) / Σ exp(e)` over the places that are present; 0 elsewhere. `[n]` → `[n]`, which sums to 1.
pub(crate) fn softmax(mut energies: Array1<f32>, present: &[bool]) -> Array1<f32> {
    for (energy, _) in energies.iter_mut().zip(present).filter(|(_, present)| !**present) {
        *energy = f32::NEG_INFINITY;
    }
    let largest = energies.fold(f32::MIN, |largest, &energy| largest.max(energy));
    energies.mapv_inplace(|energy| (energy - largest).exp());
    let sum = energies.sum();
    energies / sum
}
