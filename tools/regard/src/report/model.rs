//! What a report says, as data: `json.rs` and `page.rs` only write it down.

use super::advice::{Advice, Adviser};
use super::rates::{CORES, Counts, Rates};
use super::work::{Work, modelled};
use crate::boards::{Fit, Needs, Table};
use crate::names;
use regard::Model;
use regard::format::Kind;
use std::path::Path;

/// Where errors begin to be named: noise is a tenth of the signal's size.
pub(crate) const BOUND: f64 = 20.0;
/// Tokens of a sentence whose work is modelled, beside the longest.
const USUAL: usize = 10;
/// The core whose instructions are said on a terminal.
const USUAL_CORE: &str = "m4";
/// Boards that are told on a terminal what would make the model fit.
const ADVISED: usize = 3;

/// What the weights of a section are against those of float.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Error {
    /// Signal to noise in dB; none if there is no noise, or it is no matrix.
    pub(crate) sqnr: Option<f64>,
    /// Largest |float − integer|.
    pub(crate) largest: Option<f64>,
}

/// A section of the file.
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Of a matrix: what its weights are called.
    pub(crate) weights: Option<&'static str>,
    pub(crate) bytes: usize,
    pub(crate) error: Error,
}

/// Work of a source of so many tokens and as many words, on each core that was counted.
pub(crate) struct Modelled {
    pub(crate) source: usize,
    pub(crate) words: usize,
    /// The core's short name and its maker's.
    pub(crate) cores: Vec<([&'static str; 2], Work)>,
}

impl Modelled {
    fn summary(&self) -> String {
        let usual = self.cores.iter().find(|([core, _], _)| *core == USUAL_CORE);
        usual.map_or(String::new(), |([_, name], work)| {
            let million = |number: f64| format!("{:.2} M", number / 1e6);
            format!(
                "\nmodelled on {name}: {} instructions to read {}, {} a word",
                million(work.encode),
                match self.source {
                    1 => "a token".into(),
                    tokens => format!("{tokens} tokens"),
                },
                million(work.word)
            )
        })
    }
}

/// A board, and what would make the model fit if it does not.
pub(crate) struct Chance<'t> {
    pub(crate) fit: Fit<'t>,
    pub(crate) advice: Option<Advice>,
}

/// What `convert` and `check` both know.
pub(crate) struct Report<'m> {
    pub(crate) command: &'static str,
    /// Name of the model file.
    pub(crate) name: String,
    pub(crate) model: &'m Model<'m>,
    pub(crate) tensors: Vec<Tensor>,
    pub(crate) bound: f64,
    pub(crate) table: &'m Table,
    pub(crate) boards: Vec<Chance<'m>>,
    pub(crate) work: Vec<Modelled>,
}

impl<'m> Report<'m> {
    /// Of a model file. `errors`: one per section.
    pub(crate) fn new(
        command: &'static str,
        (path, model): (&Path, &'m Model<'m>),
        errors: &[Error],
        bound: f64,
        table: &'m Table,
    ) -> Self {
        let (needs, adviser) = (Needs::of(model, table), Adviser::of(model));
        let chance = |board| {
            let fit = needs.on(board);
            Chance { advice: adviser.on(&fit), fit }
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let boards = table.boards.iter().map(chance).collect();
        let (tensors, work) = (tensors(model, errors), work(model));
        Self { command, name, model, tensors, bound, table, boards, work }
    }

    /// The first matrix, in the order of the file, whose weights are below the bound.
    pub(crate) fn first_tensor_below(&self) -> Option<(&Tensor, f64)> {
        let noisy = self.tensors.iter().filter_map(|tensor| Some((tensor, tensor.error.sqnr?)));
        noisy.into_iter().find(|&(_, sqnr)| sqnr < self.bound)
    }

    /// For a terminal: work, the boards, what would make it fit the first others, and the first tensor below
    /// the bound if there is one.
    pub(crate) fn summary(&self) -> String {
        let names = |fits: bool| -> Vec<&str> {
            let some = self.boards.iter().filter(|chance| chance.fit.fits() == fits);
            some.map(|chance| chance.fit.board.name.as_str()).collect()
        };
        let ([fit, not], all) = ([names(true), names(false)], self.boards.len());
        let boards = match (fit.as_slice(), not.as_slice()) {
            (_, []) => format!("fits all {all} boards"),
            ([], _) => format!("fits none of {all} boards"),
            (fit, not) if fit.len() <= not.len() => {
                format!("fits {} of {all} boards: {}", fit.len(), fit.join(", "))
            }
            (fit, not) => format!("fits {} of {all} boards, not {}", fit.len(), not.join(", ")),
        };
        let below = self.first_tensor_below().map_or(String::new(), |(tensor, sqnr)| {
            format!("\nfirst tensor below {} dB: {}, {sqnr:.1} dB", self.bound, tensor.name)
        });
        let work = self.work.first().map_or(String::new(), Modelled::summary);
        let advised = self.boards.iter().filter_map(|chance| {
            let advice = chance.advice.as_ref()?;
            Some(format!("\n{}: {}", chance.fit.board.name, advice.sentences.join("; ")))
        });
        let advised: String = advised.take(ADVISED).collect();
        format!("{work}\n{boards}{advised}{below}")
    }
}

fn tensors(model: &Model<'_>, errors: &[Error]) -> Vec<Tensor> {
    let tensor = |((slot, section), &error): ((regard::format::Slot, _), &Error)| {
        let section: regard::format::Section<'_> = section;
        let is_matrix = slot.kind() == Kind::Matrix;
        Tensor {
            name: names::of(&slot, model.dims()),
            rows: slot.rows,
            columns: slot.columns,
            weights: is_matrix.then(|| names::of_layout(section.layout)),
            bytes: section.words.len() * 4,
            error,
        }
    };
    model.sections().zip(errors).map(tensor).collect()
}

fn work(model: &Model<'_>) -> Vec<Modelled> {
    let (dims, counts) = (model.dims(), Counts::read());
    let usual = |most: usize| if dims.reads_words() { most.min(USUAL) } else { most };
    let mut tasks = vec![
        [usual(dims.max_source_len), dims.max_target_len.min(USUAL)],
        [dims.max_source_len, dims.max_target_len],
    ];
    tasks.dedup();
    let cores = |task| {
        let core = |&(core, name): &(&'static str, &'static str)| {
            let rates = Rates::of(&counts, core)?;
            Some(([core, name], modelled(model, &rates, task)?))
        };
        CORES.iter().filter_map(core).collect()
    };
    let modelled =
        |[source, words]: [usize; 2]| Modelled { source, words, cores: cores([source, words]) };
    tasks.into_iter().map(modelled).collect()
}

/// Where a decoder looked in a sentence, float beside integers.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// Of the data file, from 1.
    pub(crate) line: usize,
    /// What was read; of a picture its name alone.
    pub(crate) source: Vec<String>,
    /// The words that both were made to say.
    pub(crate) target: Vec<String>,
    /// The picture that was read, as a PNG.
    pub(crate) picture: Option<Vec<u8>>,
    /// Rows and columns of the places, of a picture.
    pub(crate) places: Option<[usize; 2]>,
    /// `[target_len × source_len]`
    pub(crate) float: Vec<Vec<f32>>,
    pub(crate) integer: Vec<Vec<f32>>,
}

#[cfg(test)]
mod tests {
    use super::{BOUND, Error, Report};
    use crate::{boards, engine};
    use std::path::Path;

    #[test]
    fn the_first_tensor_below_is_the_first_of_the_file() {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let path = models.join("act/act.rgd");
        let model = engine::open(&path).expect("a model of the project");
        let (table, count) = (boards::table(), model.sections().count());
        let mut errors = vec![Error { sqnr: Some(40.0), largest: None }; count];
        let first = |errors: &[Error]| {
            let report = Report::new("convert", (&path, &model), errors, BOUND, &table);
            report.first_tensor_below().map(|(tensor, sqnr)| (tensor.name.clone(), sqnr))
        };
        assert_eq!(first(&errors), None);
        let (at, below) = (count / 2, Some(BOUND - 0.1));
        errors[at] = Error { sqnr: below, largest: None };
        errors[at + 1] = Error { sqnr: Some(1.0), largest: None };
        let named = first(&errors).expect("one is below");
        assert_eq!(Some(named.1), below, "not the worst, the first");
        errors[at].sqnr = Some(BOUND);
        assert_eq!(first(&errors).expect("one is below").1, 1.0, "the bound itself is not below");
    }
}
