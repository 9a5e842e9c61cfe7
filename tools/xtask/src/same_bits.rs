//! The same sentences on a board and on the host: texts, tokens, alignments and logits are equal
//! to the bit.

use crate::board::Board;
use crate::cargo::{cargo, root};
use crate::emulator::Session;
use crate::trace::{self, Answer};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// Sentences that every board translates, beside the test set's.
const ALWAYS: &str = "I drink milk";
/// Most sentences of the test set.
const MOST: usize = 20;

/// What a comparison came to.
#[derive(Debug)]
pub(crate) struct Report {
    /// Sentences compared.
    pub(crate) sentences: usize,
    /// Words compared.
    pub(crate) steps: usize,
    /// Numbers compared.
    pub(crate) numbers: usize,
    /// What the board said of its RAM.
    pub(crate) ram: Vec<String>,
}

/// The answers of the host, per sentence.
#[derive(Debug)]
pub(crate) struct Host {
    sentences: Vec<String>,
    answers: Vec<Answer>,
}

impl Host {
    /// Translates the sentences of a model on this machine.
    pub(crate) fn of(model: &str) -> Result<Self> {
        let sentences = sentences(model)?;
        let file = format!("models/{model}/{model}.rgd");
        // With every debug check; most of it is built for `cargo test` anyway.
        let build = ["run", "--quiet", "--profile", "test", "-p", "regard-cli", "--"];
        let mut command = cargo(".", &build);
        command.args(["run", &file, "--json", "--logits"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start the command `regard`")?;
        let mut input = child.stdin.take().context("no standard input")?;
        let lines = sentences.join("\n");
        let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
        let output = child.wait_with_output()?;
        writer.join().map_err(|_| anyhow::anyhow!("the writer failed"))??;
        ensure!(output.status.success(), "`regard run` ended with {}", output.status);
        let answers = trace::of_host(&String::from_utf8(output.stdout)?)?;
        ensure!(answers.len() == sentences.len(), "the host left sentences out");
        Ok(Self { sentences, answers })
    }

    /// Translates them on a board, and compares.
    pub(crate) fn compare(&self, board: &Board, firmware: &Path) -> Result<Report> {
        let typed: Vec<String> =
            self.sentences.iter().map(|text| format!(":trace {text}\n{text}\n")).collect();
        let input = typed.concat() + ":stack\n:quit\n";
        let limit = Duration::from_secs(300);
        let input = input.as_bytes();
        let session = Session { board, firmware, input, limit, serial: true, icount: None };
        let outcome = session.run()?;
        outcome.check()?;
        let text = outcome.text();
        let answers = trace::of_board(&text)?;
        ensure!(
            answers.len() == self.answers.len(),
            "{} answered {} of {} sentences",
            board.name,
            answers.len(),
            self.answers.len()
        );
        for ((sentence, host), board) in self.sentences.iter().zip(&self.answers).zip(&answers) {
            equal(host, board).with_context(|| format!("“{sentence}”"))?;
        }
        let steps = || answers.iter().flat_map(|answer| &answer.steps);
        let is_ram = |line: &&str| line.starts_with("stack: ") || line.starts_with("arena: ");
        Ok(Report {
            sentences: answers.len(),
            steps: steps().count(),
            numbers: steps().map(|step| 2 + step.logits.len() + step.alignment.len()).sum(),
            ram: text.lines().filter(is_ram).map(str::to_owned).collect(),
        })
    }
}

/// An error that names the first difference.
fn equal(host: &Answer, board: &Answer) -> Result<()> {
    for (n, (h, b)) in host.steps.iter().zip(&board.steps).enumerate() {
        let place = |h: &[i32], b: &[i32]| h.iter().zip(b).position(|(h, b)| h != b);
        if h.alignment != b.alignment {
            bail!("step {n}: alignments differ at {:?}", place(&h.alignment, &b.alignment));
        }
        if h.logits != b.logits || h.exponent != b.exponent {
            bail!("step {n}: logits differ at {:?}", place(&h.logits, &b.logits));
        }
        ensure!(h.token == b.token, "step {n}: token {} on the host, {}", h.token, b.token);
    }
    let (h, b) = (host.steps.len(), board.steps.len());
    ensure!(h == b, "{h} steps on the host, {b} on the board");
    ensure!(host.text == board.text, "“{}” on the host, “{}”", host.text, board.text);
    Ok(())
}

/// One sentence of each length in the model's test set, evenly chosen.
fn sentences(model: &str) -> Result<Vec<String>> {
    let path = root().join(format!("models/{model}/test.tsv"));
    let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let mut by_length = BTreeMap::new();
    for line in text.lines() {
        let source = line.split('\t').next().unwrap_or(line);
        by_length.entry(source.split(' ').count()).or_insert(source);
    }
    let step = by_length.len().div_ceil(MOST).max(1);
    let mut chosen = vec![ALWAYS.to_owned()];
    chosen.extend(by_length.into_values().step_by(step).map(str::to_owned));
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::equal;
    use crate::trace::{Answer, Step};

    /// Two words.
    fn answer() -> Answer {
        let step = Step { token: 3, exponent: -9, logits: vec![1, 2], alignment: vec![30_000, 7] };
        Answer { text: "a b".into(), steps: vec![step.clone(), step] }
    }

    #[test]
    fn any_difference_is_found() {
        assert!(equal(&answer(), &answer()).is_ok());
        let changes: [fn(&mut Answer); 6] = [
            |answer| answer.text.push('!'),
            |answer| _ = answer.steps.pop(),
            |answer| answer.steps[1].token += 1,
            |answer| answer.steps[1].exponent += 1,
            |answer| answer.steps[1].logits[1] += 1,
            |answer| answer.steps[1].alignment[1] += 1,
        ];
        for change in changes {
            let mut changed = answer();
            change(&mut changed);
            assert!(equal(&answer(), &changed).is_err(), "{changed:?}");
        }
    }
}
