//! The report as one page without anything from elsewhere: `templates/report.html`, whose engine escapes
//! every text that is put into it (askama). What is decided here are the words, the order and the units.

use super::model::{Chance, Look, Modelled, Report, Tensor};
use super::picture::{Bars, Map, label, plain};
use super::work::ERROR;
use crate::boards::Status;
use crate::check::{Checked, Power};
use crate::kind;
use crate::problem::Problem;
use crate::table::grouped;
use askama::Template;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    name: String,
    command: &'static str,
    figures: Vec<Figure>,
    answers: Option<Answers>,
    charts: Vec<Chart>,
    looks: Vec<Drawn>,
    work: Vec<Worked>,
    error_percent: u32,
    boards: Vec<Line>,
    beside: [String; 2],
    fields: Vec<[String; 2]>,
}

/// A number that is read first.
struct Figure {
    name: &'static str,
    value: String,
    note: String,
}

/// What both models said.
struct Answers {
    sentences: String,
    /// A measure, of float, of integers.
    measures: Vec<[String; 3]>,
    comparison: Vec<[String; 2]>,
}

/// Bars and what they mean.
struct Chart {
    title: &'static str,
    text: String,
    found: Option<String>,
    bars: Bars,
}

/// Attention in a sentence.
struct Drawn {
    title: String,
    /// A PNG in base 64, or nothing.
    picture: String,
    /// Float, then integers; of a picture a map for each word.
    sides: [Side; 2],
}

struct Side {
    name: &'static str,
    maps: Vec<(String, Map)>,
}

/// Work of a task, core by core.
struct Worked {
    title: String,
    cores: Vec<[String; 3]>,
}

/// A board.
struct Line {
    name: String,
    core: String,
    status: &'static str,
    flash: String,
    ram: String,
    fits: bool,
    advice: String,
}

/// The page.
pub(super) fn text(report: &Report<'_>, checked: Option<&Checked<'_>>) -> Result<String, Problem> {
    let reads_words = report.model.dims().reads_words();
    let page = Page {
        name: plain(&report.name),
        command: report.command,
        figures: figures(report, checked),
        answers: checked.map(answers),
        charts: charts(report, checked),
        looks: checked.iter().flat_map(|checked| &checked.tally.looks).map(drawn).collect(),
        work: report.work.iter().map(|work| worked(work, reads_words)).collect(),
        error_percent: ERROR,
        boards: report.boards.iter().map(line).collect(),
        beside: [report.table.firmware_bytes, report.table.statics_bytes].map(grouped),
        fields: fields(report),
    };
    Ok(page.render()?)
}

fn figures(report: &Report<'_>, checked: Option<&Checked<'_>>) -> Vec<Figure> {
    let fits = report.boards.iter().filter(|chance| chance.fit.fits()).count();
    let mut figures = vec![
        Figure {
            name: "Flash",
            value: grouped(report.model.file_bytes()),
            note: "bytes of model, read in place".into(),
        },
        Figure {
            name: "RAM",
            value: grouped(report.model.arena_bytes()),
            note: "bytes of arena, all of it".into(),
        },
        Figure {
            name: "Boards",
            value: format!("{fits} of {}", report.boards.len()),
            note: "have room for it".into(),
        },
    ];
    if let Some(checked) = checked {
        let same = &checked.tally.same_token;
        figures.push(Figure {
            name: "Same token",
            value: format!("{:.2} %", same.floored()),
            note: format!("{} of {}, float and integers", grouped(same.right), grouped(same.all)),
        });
    }
    figures
}

fn answers(checked: &Checked<'_>) -> Answers {
    let measures = checked.measures().into_iter();
    Answers {
        sentences: grouped(checked.sentences),
        measures: measures.map(|(name, both)| [name.into(), both.float, both.integer]).collect(),
        comparison: checked
            .comparison()
            .into_iter()
            .map(|(name, text)| [name.into(), plain(&text)])
            .collect(),
    }
}

fn charts(report: &Report<'_>, checked: Option<&Checked<'_>>) -> Vec<Chart> {
    let bound = report.bound;
    let found = |found: Option<(String, f64)>| match found {
        Some((name, sqnr)) => format!("The first below {bound} dB is {name}: {sqnr:.1} dB."),
        None => format!("Nothing is below {bound} dB."),
    };
    let mut charts = Vec::new();
    if let Some(checked) = checked {
        let sites: Vec<_> = checked.tally.sqnrs().collect();
        charts.push(Chart {
            title: "Error by place",
            text: "Signal to quantisation noise of what flows through the model, in dB, in the order in \
                   which it flows. Longer is better: at 20 dB noise is a tenth of the signal, at 40 dB a \
                   hundredth. The dashed line is the bound."
                .into(),
            found: Some(found(checked.tally.first_below(bound))),
            bars: Bars::decibels(&sites, bound, Power::MOST),
        });
    }
    let weights = report.tensors.iter();
    let weights = weights.filter_map(|tensor| Some((tensor.name.clone(), tensor.error.sqnr?)));
    let below = report.first_tensor_below().map(|(tensor, sqnr)| (tensor.name.clone(), sqnr));
    charts.push(Chart {
        title: "Error of the weights",
        text: "Signal to quantisation noise of each matrix, in dB: int8 has about 40, int4 about \
               20. The dashed line is the bound."
            .into(),
        found: Some(found(below)),
        bars: Bars::decibels(&weights.collect::<Vec<_>>(), bound, Power::MOST),
    });
    let named = |tensor: &Tensor| {
        let (rows, columns) = (tensor.rows, tensor.columns);
        let weights = tensor.weights.map(|weights| format!("{rows} × {columns}, {weights}"));
        (tensor.name.clone(), weights.unwrap_or_default(), tensor.bytes)
    };
    charts.push(Chart {
        title: "Size by tensor",
        text: "Bytes of the model file.".into(),
        found: None,
        bars: Bars::bytes(&report.tensors.iter().map(named).collect::<Vec<_>>()),
    });
    charts
}

fn drawn(look: &Look) -> Drawn {
    let side = |name, rows: &[Vec<f32>]| Side {
        name,
        maps: match look.places {
            None => vec![(String::new(), Map::of_words(look, rows))],
            Some(places) => {
                let words = look.target.iter().zip(rows);
                words.map(|(word, row)| (label(word), Map::of_places(places, row))).collect()
            }
        },
    };
    let title = match look.places {
        Some(_) => format!("{}, line {}", plain(&look.source.join(" ")), look.line),
        None => format!("Line {}", look.line),
    };
    let picture = look.picture.as_ref().map_or(String::new(), |png| BASE64_STANDARD.encode(png));
    Drawn { title, picture, sides: [side("float", &look.float), side("integers", &look.integer)] }
}

fn worked(modelled: &Modelled, reads_words: bool) -> Worked {
    let round = |number: f64| grouped(number.round() as usize);
    let source = if reads_words {
        format!("A source of {}", grouped(modelled.source))
    } else {
        "A picture".into()
    };
    let core = |([_, name], work): &([&str; 2], super::work::Work)| {
        [(*name).to_owned(), round(work.encode), round(work.word)]
    };
    Worked {
        title: format!("{source} and an answer of {} tokens", grouped(modelled.words)),
        cores: modelled.cores.iter().map(core).collect(),
    }
}

fn line(chance: &Chance<'_>) -> Line {
    let (fit, board) = (&chance.fit, chance.fit.board);
    let advice = chance.advice.as_ref().map(|advice| {
        let mut text = advice.sentences.join("; ");
        text.push_str(if advice.then_fits { ". Then it fits." } else { "." });
        text
    });
    Line {
        name: board.title.clone(),
        core: board.core.clone(),
        status: match board.status {
            Status::Runs => "emulated",
            Status::Builds => "built",
        },
        flash: fit.flash_text(),
        ram: fit.ram_text(),
        fits: fit.fits(),
        advice: advice.unwrap_or_default(),
    }
}

fn fields(report: &Report<'_>) -> Vec<[String; 2]> {
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = kind::fields(report.model.dims()).into_iter();
    fields.map(|(name, value)| [name.replace('_', " "), text(value)]).collect()
}
