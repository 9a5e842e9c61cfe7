//! The report of `regard check`, for people.

use super::json;
use super::links::Links;
use super::share::{Both, Errors, Power, Share};
use super::tally::Tally;
use crate::cli::CheckArgs;
use crate::problem::Problem;
use crate::table;
use std::io::{self, Write as _};
use std::time::Duration;

/// Prints the report to standard output, as JSON if so asked.
pub(crate) fn print(
    tally: &Tally,
    args: &CheckArgs,
    sentences: usize,
    took: Duration,
) -> Result<(), Problem> {
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", json::report(tally, sentences, args.by_length))?;
    } else {
        writeln!(out, "{}\n\n{}\n", sites(tally), measures(tally))?;
        if args.by_length {
            writeln!(out, "{}\n", lengths(tally))?;
        }
        write!(out, "{}", comparison(tally))?;
        writeln!(out, "{sentences} sentences in {:.1} s", took.as_secs_f64())?;
    }
    out.flush()?;
    Ok(())
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

/// Both models against the references.
fn measures(tally: &Tally) -> String {
    let mut measures = table::new(&["", "float", "integer"]);
    let mut row = |name: &str, Both { float, integer }: Both<String>| {
        measures.add_row([name.into(), float, integer]);
    };
    row("exact answers", tally.exact.map(share));
    row("token errors", tally.token_errors.map(errors));
    row("BLEU", tally.bleu.map(|bleu| format!("{:.2}", bleu.score())));
    row("chrF2", tally.chrf.map(|chrf| format!("{:.2}", chrf.score())));
    if tally.links.float.gold > 0 {
        row("gold alignments", tally.links.map(|links| share(&links.agreement())));
        row("alignment errors", tally.links.map(alignment_errors));
    }
    if tally.pointing.float.right.all > 0 {
        row("nouns pointed at", tally.pointing.map(|pointing| share(&pointing.right)));
        row("attention on them", tally.pointing.map(|p| format!("{:.2} %", p.mass())));
    }
    table::text(&measures)
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

/// One model against the other.
fn comparison(tally: &Tally) -> String {
    let worst = &tally.worst_logit;
    let alignment = tally.worst_alignment.map(|worst| format!("worst alignment      {worst:.4}\n"));
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
        "same answer          {}\n\
         same token           {}, teacher-forced\n\
         worst logit error    {:.4} at line {}, word {}\n\
         {}\
         first difference     {difference}\n",
        share(&tally.same_answer),
        share(&tally.same_token),
        worst.error,
        worst.line,
        worst.step + 1,
        alignment.unwrap_or_default(),
    )
}

/// Rounded down, so that only all of them are 100 %.
fn share(share: &Share) -> String {
    let percent = (share.percent() * 100.0).floor() / 100.0;
    format!("{percent:.2} %  ({} of {})", share.right, share.all)
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
