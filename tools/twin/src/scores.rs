//! Numbers about logits.

/// The index of the largest logit; the lowest of equals.
pub fn argmax(logits: impl IntoIterator<Item = f32>) -> u32 {
    let mut best = (0, f32::NEG_INFINITY);
    for (id, logit) in (0..).zip(logits) {
        if logit > best.1 {
            best = (id, logit);
        }
    }
    best.0
}

/// The log-probability of `token`: `logit − log Σ exp(logits)`, in `f64`.
pub fn log_probability(logits: impl IntoIterator<Item = f32> + Clone, token: u32) -> f64 {
    let largest = logits.clone().into_iter().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.clone().into_iter().map(|x| f64::from(x - largest).exp()).sum();
    let chosen = logits.into_iter().nth(token as usize).unwrap_or(f32::NEG_INFINITY);
    f64::from(chosen - largest) - sum.ln()
}
