//! The report of `regard check`, for people and as JSON.

use super::tally::{Share, Tally};
use crate::problem::Problem;
use crate::table;
use serde_json::{Map, Value, json};
use std::io::{self, Write as _};
use std::time::Duration;

/// Prints the report to standard output.
pub(crate) fn print(
    tally: &Tally,
    as_json: bool,
    sentences: usize,
    took: Duration,
) -> Result<(), Problem> {
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", json(tally, sentences))?;
    } else {
        write!(out, "{}", text(tally, sentences, took))?;
    }
    out.flush()?;
    Ok(())
}

fn text(tally: &Tally, sentences: usize, took: Duration) -> String {
    let mut sites = table::new(&["site", "SQNR, dB"]);
    for (site, power) in &tally.sites {
        sites.add_row([site.to_string(), format!("{:.1}", power.sqnr())]);
    }
    let mut shares = table::new(&["", "float", "integer"]);
    let both = |share: &Share| {
        // Rounded down, so that only all of them are 100 %.
        let percent = (share.percent() * 100.0).floor() / 100.0;
        format!("{percent:.2} %  ({} of {})", share.right, share.all)
    };
    shares.add_row([
        "exact sentences".into(),
        both(&tally.float_exact),
        both(&tally.integer_exact),
    ]);
    if tally.float_aligned.all > 0 {
        shares.add_row([
            "gold alignments".into(),
            both(&tally.float_aligned),
            both(&tally.integer_aligned),
        ]);
    }
    let worst = &tally.worst_logit;
    let difference = match &tally.first_difference {
        None => "none".into(),
        Some(d) => format!(
            "line {}, word {}: {:?} in float, {:?} in integers ({:?})",
            d.line,
            d.step + 1,
            d.float,
            d.integer,
            d.source
        ),
    };
    format!(
        "{}\n\n{}\n\n\
         same answer          {}\n\
         same token           {}, teacher-forced\n\
         worst logit error    {:.4} at line {}, word {}\n\
         worst alignment      {:.4}\n\
         first difference     {difference}\n\
         {sentences} sentences in {:.1} s\n",
        table::text(&sites),
        table::text(&shares),
        both(&tally.same_answer),
        both(&tally.same_token),
        worst.error,
        worst.line,
        worst.step + 1,
        tally.worst_alignment,
        took.as_secs_f64(),
    )
}

fn json(tally: &Tally, sentences: usize) -> Value {
    let share = |share: &Share| {
        json!({
            "right": share.right, "all": share.all, "percent": share.percent(),
        })
    };
    let sites: Map<_, _> =
        tally.sites.iter().map(|(site, power)| (site.to_string(), json!(power.sqnr()))).collect();
    let worst = &tally.worst_logit;
    let difference = tally.first_difference.as_ref().map(|d| {
        json!({
            "line": d.line, "source": d.source, "step": d.step,
            "float": d.float, "integer": d.integer,
        })
    });
    json!({
        "sentences": sentences,
        "sqnr_db": sites,
        "exact": {
            "float": share(&tally.float_exact), "integer": share(&tally.integer_exact),
        },
        "aligned": {
            "float": share(&tally.float_aligned), "integer": share(&tally.integer_aligned),
        },
        "same_answer": share(&tally.same_answer),
        "same_token": share(&tally.same_token),
        "worst_logit": { "error": worst.error, "line": worst.line, "step": worst.step },
        "worst_alignment": tally.worst_alignment,
        "first_difference": difference,
    })
}
