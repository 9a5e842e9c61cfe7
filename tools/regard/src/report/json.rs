//! The report as one document: what `regard inspect --json` says of the model and `regard check --json`
//! of its answers, and the errors, the work and the advice besides. What is not there is left out.

use super::advice::Advice;
use super::model::{Chance, Look, Modelled, Report, Tensor};
use super::work::ERROR;
use crate::check::Checked;
use crate::inspect;
use serde_json::{Value, json};

/// Of this document: raised when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// All of it. `checked`: what `check` knows besides.
pub(super) fn document(report: &Report<'_>, checked: Option<&Checked<'_>>) -> Value {
    let mut document = inspect::as_json(report.model, report.table);
    each(&mut document["sections"], &report.tensors, add_error);
    each(&mut document["boards"], &report.boards, add_advice);
    document["report"] =
        json!({ "version": VERSION, "command": report.command, "model": report.name });
    document["bound_db"] = json!(report.bound);
    let below = report.first_tensor_below();
    document["first_tensor_below"] =
        json!(below.map(|(tensor, sqnr)| json!({ "name": tensor.name, "sqnr_db": sqnr })));
    document["instructions"] = json!({
        "modelled": true, "error_percent": ERROR,
        "of": report.work.iter().map(work).collect::<Vec<_>>(),
    });
    if let Some(checked) = checked {
        add_check(&mut document, report.bound, checked);
    }
    document
}

/// Something added to each object of a list.
fn each<T>(list: &mut Value, from: &[T], add: impl Fn(&mut Value, &T)) {
    for (object, from) in list.as_array_mut().into_iter().flatten().zip(from) {
        add(object, from);
    }
}

fn add_error(section: &mut Value, tensor: &Tensor) {
    let fields = [("sqnr_db", tensor.error.sqnr), ("largest_error", tensor.error.largest)];
    for (name, value) in fields {
        if let Some(value) = value {
            section[name] = json!(value);
        }
    }
}

fn add_advice(board: &mut Value, chance: &Chance<'_>) {
    if let Some(Advice { options, then_fits, sentences }) = &chance.advice {
        board["advice"] =
            json!({ "options": options, "then_fits": then_fits, "sentences": sentences });
    }
}

fn work(modelled: &Modelled) -> Value {
    let core = |([core, name], work): &([&str; 2], super::work::Work)| {
        json!({
            "core": core, "name": name,
            "encode": work.encode.round() as u64, "word": work.word.round() as u64,
        })
    };
    json!({
        "source_tokens": modelled.source, "words": modelled.words,
        "cores": modelled.cores.iter().map(core).collect::<Vec<_>>(),
    })
}

fn add_check(document: &mut Value, bound: f64, checked: &Checked<'_>) {
    let site = |(site, sqnr): (String, f64)| json!({ "site": site, "sqnr_db": sqnr });
    if let (Some(document), Value::Object(check)) = (document.as_object_mut(), checked.json()) {
        document.extend(check);
    }
    document["sites"] = checked.tally.sqnrs().map(site).collect();
    document["first_site_below"] = json!(checked.tally.first_below(bound).map(site));
    if !checked.tally.looks.is_empty() {
        document["attention"] = checked.tally.looks.iter().map(look).collect();
    }
}

fn look(look: &Look) -> Value {
    let mut value = json!({
        "line": look.line, "source": look.source, "target": look.target,
        "float": look.float, "integer": look.integer,
    });
    if let Some(places) = look.places {
        value["places"] = json!(places);
    }
    value
}
