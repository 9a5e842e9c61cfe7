//! What a model said, whichever of the two said it.

use serde::Serialize;

/// One word said.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The token chosen (greedy) or given (teacher-forced).
    pub(crate) token: u32,
    /// `[source_len]`, sums to 1.
    pub(crate) alignment: Vec<f32>,
    /// `[V_t]`
    pub(crate) logits: Logits,
}

/// Scores of all target words: `[V_t]`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Logits {
    /// What the engine computed: `float = integer · 2^exponent`. Absent in answers of the twin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) integers: Option<Vec<i32>>,
    /// The exponent of the integers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exponent: Option<i32>,
    /// The same as real numbers.
    pub(crate) floats: Vec<f32>,
}

impl Step {
    /// The token that the logits prefer.
    pub(crate) fn favourite(&self) -> u32 {
        twin::argmax(self.logits.floats.iter().copied())
    }
}

/// Natural logarithm of the probability of all `steps` together.
pub(crate) fn log_score(steps: &[Step]) -> f64 {
    let score = |step: &Step| twin::log_probability(step.logits.floats.iter().copied(), step.token);
    steps.iter().map(score).sum()
}

impl From<twin::Step> for Step {
    fn from(step: twin::Step) -> Self {
        let floats = step.logits.to_vec();
        Self {
            token: step.token,
            alignment: step.alignment.to_vec(),
            logits: Logits { integers: None, exponent: None, floats },
        }
    }
}
