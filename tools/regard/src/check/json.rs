//! The report of `regard check` as JSON. What a model or the data does not have is left out.

use super::lengths::Bin;
use super::links::Links;
use super::share::{Errors, Share};
use super::tally::Tally;
use serde_json::{Map, Value, json};

/// The whole report.
pub(crate) fn report(tally: &Tally, sentences: usize, by_length: bool) -> Value {
    let sites: Map<_, _> =
        tally.sites.iter().map(|(site, power)| (site.to_string(), json!(power.sqnr()))).collect();
    let worst = &tally.worst_logit;
    let difference = tally.first_difference.as_ref().map(|d| {
        json!({
            "line": d.line, "source": d.source, "step": d.step,
            "float": d.float, "integer": d.integer,
        })
    });
    let mut report = json!({
        "sentences": sentences,
        "sqnr_db": sites,
        "exact": tally.exact.map(share).json(),
        "token_errors": tally.token_errors.map(errors).json(),
        "bleu": tally.bleu.map(|bleu| json!(bleu.score())).json(),
        "chrf2": tally.chrf.map(|chrf| json!(chrf.score())).json(),
        "same_answer": share(&tally.same_answer),
        "same_token": share(&tally.same_token),
        "worst_logit": { "error": worst.error, "line": worst.line, "step": worst.step },
        "first_difference": difference,
    });
    if let Some(worst) = tally.worst_alignment {
        report["worst_alignment"] = json!(worst);
    }
    if tally.links.float.gold > 0 {
        report["aligned"] = tally.links.map(|links| share(&links.agreement())).json();
        report["alignment_errors"] = tally.links.map(alignment_errors).json();
    }
    if tally.pointing.float.right.all > 0 {
        report["pointing"] = tally.pointing.map(|pointing| share(&pointing.right)).json();
        report["mass"] = tally.pointing.map(|pointing| json!(pointing.mass())).json();
    }
    if by_length {
        report["by_length"] = tally.lengths.bins().map(|bin| length(&bin)).collect();
    }
    report
}

fn share(share: &Share) -> Value {
    json!({ "right": share.right, "all": share.all, "percent": share.percent() })
}

fn errors(errors: &Errors) -> Value {
    json!({ "wrong": errors.wrong, "all": errors.all, "percent": errors.percent() })
}

fn alignment_errors(links: &Links) -> Value {
    json!({
        "right": links.right, "said": links.said, "gold": links.gold,
        "percent": links.errors().percent(),
    })
}

fn length(bin: &Bin) -> Value {
    let mut row = bin.exact.map(share).json();
    row["from"] = json!(bin.from);
    row["to"] = json!(bin.to);
    row
}
