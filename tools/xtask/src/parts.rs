//! What a crate of firmware consists of, as its Cargo.toml says: programs and features.

use crate::board::{self, Board};
use crate::cargo::{cargo, lines};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;

/// Programs and features of one folder.
#[derive(Debug)]
pub(crate) struct Parts {
    features: BTreeSet<String>,
    programs: Vec<String>,
}

impl Parts {
    /// Of a board.
    pub(crate) fn of(board: &Board) -> Result<Self> {
        let folder = format!("boards/{}", board.folder);
        let arguments = ["metadata", "--no-deps", "--format-version", "1"];
        let said = lines(&mut cargo(&folder, &arguments), false)?.join("\n");
        Self::read(&serde_json::from_str(&said)?).context(folder)
    }

    fn read(metadata: &Value) -> Result<Self> {
        let package = &metadata["packages"][0];
        let features = package["features"].as_object().context("no features")?;
        let targets = package["targets"].as_array().context("no programs")?;
        let is_plain =
            |target: &&Value| target["kind"][0] == "bin" && target["required-features"].is_null();
        let plain = targets.iter().filter(is_plain);
        Ok(Self {
            features: features.keys().cloned().collect(),
            programs: plain.filter_map(|t| Some(t["name"].as_str()?.to_owned())).collect(),
        })
    }

    /// Is there a Cargo feature of this name?
    pub(crate) fn has(&self, feature: &str) -> bool {
        self.features.contains(feature)
    }

    /// Programs that need no feature: those for people.
    pub(crate) fn programs(&self) -> &[String] {
        &self.programs
    }

    /// All features but those of other boards of the folder.
    pub(crate) fn all_features(&self, board: &Board) -> Result<Vec<String>> {
        let beside = board::all()?.iter().filter(|other| other.folder == board.folder);
        let others: Vec<&String> = beside.flat_map(|other| &other.features).collect();
        let is_own = |feature: &&String| {
            *feature != "default" && (board.features.contains(feature) || !others.contains(feature))
        };
        Ok(self.features.iter().filter(is_own).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_for_people_are_told_from_those_that_need_a_feature() {
        let text = r#"{"packages": [{
            "features": {"default": ["an386"], "an385": [], "an386": [], "bench": []},
            "targets": [
                {"kind": ["lib"], "name": "board"},
                {"kind": ["bin"], "name": "translate"},
                {"kind": ["bin"], "name": "bench", "required-features": ["bench"]}
            ]
        }]}"#;
        let parts = Parts::read(&serde_json::from_str(text).unwrap()).unwrap();
        assert_eq!(parts.programs(), ["translate"]);
        assert!(parts.has("bench") && !parts.has("proof"));
        let features = parts.all_features(board::find("an385").unwrap()).unwrap();
        assert_eq!(features, ["an385", "bench"]);
    }
}
