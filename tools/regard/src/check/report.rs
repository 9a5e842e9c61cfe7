//! The report of `regard check`, for people.

use super::links::Links;
use super::share::{Both, Errors, Power, Share};
use super::tally::Tally;
use super::{Checked, json};
use crate::cli::CheckArgs;
use crate::problem::Problem;
use crate::table;
use serde_json::Value;
use std::io::{self, Write as _};
use std::time::Duration;

/// A measure of both models.
pub(super) type Measure = (&'static str, Both<String>);

impl Checked<'_> {
    /// Prints the report to standard output, as JSON if so asked.
    pub(super) fn print(
        &self,
        args: &CheckArgs,
        summary: &str,
        took: Duration,
    ) -> Result<(), Problem> {
        let (tally, mut out) = (self.tally, io::stdout().lock());
        if args.json {
            writeln!(out, "{}", self.json())?;
        } else {
            writeln!(out, "{}\n\n{}\n", sites(tally), self.measures_table())?;
            if self.by_length {
                writeln!(out, "{}\n", lengths(tally))?;
            }
            for (name, text) in self.comparison() {
                writeln!(out, "{name:20} {text}")?;
            }
            writeln!(out, "{summary}\n")?;
            writeln!(out, "{} sentences in {:.1} s", self.sentences, took.as_secs_f64())?;
        }
        out.flush()?;
        Ok(())
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> Value {
        json::report(self.tally, self.sentences, self.by_length)
    }

    /// Both models against the references.
    pub(crate) fn measures(&self) -> Vec<Measure> {
        let tally = self.tally;
        let mut rows = vec![
            ("exact answers", tally.exact.map(share)),
            ("token errors", tally.token_errors.map(errors)),
            ("BLEU", tally.bleu.map(|bleu| format!("{:.2}", bleu.score()))),
            ("chrF2", tally.chrf.map(|chrf| format!("{:.2}", chrf.score()))),
        ];
        if tally.links.float.gold > 0 {
            rows.push(("gold alignments", tally.links.map(|links| share(&links.agreement()))));
            rows.push(("alignment errors", tally.links.map(alignment_errors)));
        }
        if tally.pointing.float.right.all > 0 {
            rows.push(("nouns pointed at", tally.pointing.map(|pointing| share(&pointing.right))));
            rows.push(("attention on them", tally.pointing.map(|p| format!("{:.2} %", p.mass()))));
        }
        rows
    }

    fn measures_table(&self) -> String {
        let mut measures = table::new(&["", "float", "integer"]);
        for (name, Both { float, integer }) in self.measures() {
            measures.add_row([name.into(), float, integer]);
        }
        table::text(&measures)
    }

    /// One model against the other.
    pub(crate) fn comparison(&self) -> Vec<(&'static str, String)> {
        let (tally, worst) = (self.tally, &self.tally.worst_logit);
        let mut rows = vec![
            ("same answer", share(&tally.same_answer)),
            ("same token", format!("{}, teacher-forced", share(&tally.same_token))),
            (
                "worst logit error",
                format!("{:.4} at line {}, word {}", worst.error, worst.line, worst.step + 1),
            ),
        ];
        if let Some(worst) = tally.worst_alignment {
            rows.push(("worst alignment", format!("{worst:.4}")));
        }
        rows.push(("first difference", difference(tally)));
        let below = match tally.first_below(self.bound) {
            Some((site, sqnr)) => format!("{site}, {sqnr:.1} dB"),
            None => "none".into(),
        };
        rows.push(("first below bound", format!("{below} (of {} dB)", self.bound)));
        rows
    }
}

/// Where the answers first differ.
fn difference(tally: &Tally) -> String {
    match &tally.first_difference {
        None => "none".into(),
        Some(d) => format!(
            "line {}, word {}: {:?} in float, {:?} in integers ({:?})",
            d.line,
            d.step + 1,
            d.float,
            d.integer,
            d.source
        ),
    }
}

/// Signal to noise of each site.
fn sites(tally: &Tally) -> String {
    let mut sites = table::new(&["site", "SQNR, dB"]);
    for (site, power) in &tally.sites {
        let sqnr = power.sqnr();
        let text = if sqnr < Power::MOST { format!("{sqnr:.1}") } else { "no noise".into() };
        sites.add_row([site.to_string(), text]);
    }
    table::text(&sites)
}

/// Exact answers by the number of source tokens, end mark left out.
fn lengths(tally: &Tally) -> String {
    let mut lengths = table::new(&["source length", "float", "integer"]);
    for bin in tally.lengths.bins() {
        let words = match bin.to {
            Some(to) => format!("{}–{to}", bin.from),
            None => format!("{}+", bin.from),
        };
        let Both { float, integer } = bin.exact.map(share);
        lengths.add_row([words, float, integer]);
    }
    table::text(&lengths)
}

/// Rounded down, so that only all of them are 100 %.
fn share(share: &Share) -> String {
    format!("{:.2} %  ({} of {})", share.floored(), share.right, share.all)
}

fn errors(errors: &Errors) -> String {
    format!("{:.2} %  ({} of {})", rounded_up(errors), errors.wrong, errors.all)
}

/// |A∩G| of |A| and |G|.
fn alignment_errors(links: &Links) -> String {
    let percent = rounded_up(&links.errors());
    format!("{percent:.2} %  ({} of {} and {})", links.right, links.said, links.gold)
}

/// Percent, rounded up, so that only none of them are 0 %.
fn rounded_up(errors: &Errors) -> f64 {
    (10_000 * errors.wrong).div_ceil(errors.all.max(1)) as f64 / 100.0
}
