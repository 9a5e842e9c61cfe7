//! How far models with random weights may be from float in integers.

use serde_json::Value;

/// Random weights leave many words almost equally likely, unlike trained ones, so that a few
/// differ; a kind of attention or a cell that is wrong costs far more than any of these.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Preferred words that differ, of 13 to 40.
    pub(crate) words: u64,
    /// Least signal to quantisation noise of any site, in dB.
    pub(crate) sqnr: f64,
    /// Largest difference of an attention weight.
    pub(crate) alignment: f64,
}

/// Found in most: 2 words, 28.1 dB, 0.091.
pub(crate) const USUAL: Limits = Limits { words: 2, sqnr: 27.5, alignment: 0.1 };

impl Limits {
    /// Judges the report of a check.
    pub(crate) fn judge(&self, golden: &str, report: &Value) {
        let tokens = &report["same_token"];
        let [right, all] = ["right", "all"].map(|field| tokens[field].as_u64().expect("a number"));
        assert!(right + self.words >= all, "{golden}: {right} of {all} words");
        for (site, sqnr) in report["sqnr_db"].as_object().expect("sites") {
            assert!(sqnr.as_f64().is_some_and(|db| db >= self.sqnr), "{golden}: {site} {sqnr} dB");
        }
        let (looks, worst) = (!golden.contains("-plain"), &report["worst_alignment"]);
        let fits = worst.as_f64().map_or(!looks, |worst| worst <= self.alignment);
        assert!(fits, "{golden}: an attention weight is off by {worst}");
    }
}
