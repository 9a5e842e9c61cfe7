//! The same sentences, or words, on a board and on the host: texts, tokens, alignments and logits are equal
//! to the bit.

use crate::board::{Board, Demo, Reads};
use crate::cargo::{root, target_dir};
use crate::command;
use crate::emulator::Session;
use crate::output;
use crate::trace::{self, Answer};
use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// Something that a model reads.
#[derive(Debug)]
struct Input {
    /// What an error calls it.
    name: String,
    /// What is typed at a board: to make it known, and then to ask for it.
    sent: Vec<u8>,
    asked: String,
    /// What the command on the host is given.
    given: Given,
}

#[derive(Debug)]
enum Given {
    /// A line of its standard input.
    Line,
    /// A file.
    Picture(PathBuf),
}

impl Input {
    fn line(text: String) -> Self {
        Self { name: text.clone(), sent: Vec::new(), asked: text, given: Given::Line }
    }
}

/// What is said of a test set: this, so many of each length, and at most so many in all.
struct Choice {
    always: &'static str,
    each: usize,
    most: usize,
}

impl Choice {
    fn of(demo: &Demo) -> Self {
        match demo.reads {
            Reads::Sentences => Self { always: "I drink milk", each: 1, most: 20 },
            Reads::Words | Reads::Pictures => Self { always: "milk", each: 3, most: 60 },
        }
    }
}

/// What a comparison came to.
#[derive(Debug)]
pub(crate) struct Report {
    /// Sentences, or words, compared.
    pub(crate) inputs: usize,
    /// Tokens compared.
    pub(crate) steps: usize,
    /// Numbers compared.
    pub(crate) numbers: usize,
    /// What the board said of its RAM.
    pub(crate) ram: Vec<String>,
}

/// The answers of the host, per sentence or word.
#[derive(Debug)]
pub(crate) struct Host {
    inputs: Vec<Input>,
    answers: Vec<Answer>,
}

impl Host {
    /// What a model makes of its test set on this machine.
    pub(crate) fn of(demo: &Demo) -> Result<Self> {
        let inputs = inputs(demo)?;
        let file = format!("models/{0}/{0}.rgd", demo.model);
        let mut heard = String::new();
        let mut lines = Vec::new();
        for input in &inputs {
            match &input.given {
                Given::Line => lines.push(input.asked.as_str()),
                Given::Picture(path) => heard += &run(&file, Some(path), "")?,
            }
        }
        if !lines.is_empty() {
            heard += &run(&file, None, &lines.join("\n"))?;
        }
        let answers = trace::of_host(&heard)?;
        ensure!(answers.len() == inputs.len(), "the host left some out");
        Ok(Self { inputs, answers })
    }

    /// Lets a board answer, and compares.
    pub(crate) fn compare(&self, board: &Board, firmware: &Path) -> Result<Report> {
        let mut typed = Vec::new();
        let patience = board.emulator.patience.max(1) as usize;
        let some = self.inputs.iter().zip(&self.answers).step_by(patience);
        for (Input { sent, asked, .. }, _) in some.clone() {
            typed.extend_from_slice(sent);
            typed.extend_from_slice(format!(":trace {asked}\n{asked}\n").as_bytes());
        }
        typed.extend_from_slice(b":stack\n:quit\n");
        let (limit, input) = (Duration::from_secs(300), typed.as_slice());
        let session = Session { input, limit, ..Session::silent(board, firmware) };
        let outcome = session.run()?;
        outcome.check()?;
        let text = outcome.text();
        let answers = trace::of_board(&text)?;
        ensure!(
            answers.len() == some.len(),
            "{} answered {} of {}",
            board.name,
            answers.len(),
            some.len()
        );
        for ((input, host), board) in some.zip(&answers) {
            equal(host, board).with_context(|| format!("“{}”", input.name))?;
        }
        let steps = || answers.iter().flat_map(|answer| &answer.steps);
        let is_ram = |line: &&str| line.starts_with("stack: ") || line.starts_with("arena: ");
        Ok(Report {
            inputs: answers.len(),
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

/// What `regard run` says to a picture, or to lines.
fn run(model: &str, picture: Option<&Path>, lines: &str) -> Result<String> {
    let mut command = command::regard(&["run", model, "--json", "--logits"])?;
    if let Some(path) = picture {
        command.arg("--picture").arg(path);
    }
    output::go_on()?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(output::stdio()?);
    let mut child = command.spawn().context("cannot start the command `regard`")?;
    let mut input = child.stdin.take().context("no standard input")?;
    let lines = lines.to_owned();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| anyhow::anyhow!("the writer failed"))??;
    ensure!(output.status.success(), "`regard run` ended with {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// Width and height of a picture on a sheet.
const TILE: u32 = 64;
/// Pictures that are compared.
const PICTURES: u32 = 12;

/// Some pictures of a sheet, each as a file of its own for the host.
fn pictures(demo: &Demo) -> Result<Vec<Input>> {
    let sheet = root().join(format!("models/{}/test.png", demo.data()));
    let sheet = image::open(&sheet).with_context(|| format!("{}", sheet.display()))?.to_rgb8();
    let folder = target_dir().join("tiles");
    std::fs::create_dir_all(&folder)?;
    let (across, down) = (sheet.width() / TILE, sheet.height() / TILE);
    let step = (across * down / PICTURES).max(1);
    (0..PICTURES.min(across * down))
        .map(|number| {
            let tile = number * step;
            let (x, y) = (tile % across * TILE, tile / across * TILE);
            let picture = image::imageops::crop_imm(&sheet, x, y, TILE, TILE).to_image();
            let path = folder.join(format!("{}-{tile}.png", demo.data()));
            picture.save(&path)?;
            let mut sent = format!(":picture {TILE} {TILE}\n").into_bytes();
            sent.extend_from_slice(picture.as_raw());
            let name = format!("tile {tile}");
            Ok(Input { name, sent, asked: "0".into(), given: Given::Picture(path) })
        })
        .collect()
}

/// What is said to a model: its test set, evenly chosen, of every length.
fn inputs(demo: &Demo) -> Result<Vec<Input>> {
    if demo.reads == Reads::Pictures {
        return pictures(demo);
    }
    let path = root().join(format!("models/{}/test.tsv", demo.data()));
    let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let choice = Choice::of(demo);
    let chosen = choice.of_each_length(&text);
    let step = chosen.len().div_ceil(choice.most).max(1);
    let chosen = chosen.into_iter().step_by(step);
    let all = [choice.always].into_iter().chain(chosen);
    Ok(all.map(|input| Input::line(spelled(demo, input))).collect())
}

/// As one types it: the letters of a word in one.
fn spelled(demo: &Demo, input: &str) -> String {
    match demo.reads {
        Reads::Words => input.replace(' ', ""),
        _ => input.to_owned(),
    }
}

impl Choice {
    /// Sources of a test set, the short ones first.
    fn of_each_length<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let mut seen = BTreeSet::new();
        let mut by_length: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for line in text.lines() {
            let source = line.split('\t').next().unwrap_or(line);
            if seen.insert(source) {
                by_length.entry(source.split(' ').count()).or_default().push(source);
            }
        }
        let some = |group: Vec<&'t str>| {
            let step = group.len().div_ceil(self.each);
            group.into_iter().step_by(step)
        };
        by_length.into_values().flat_map(some).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, equal};
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

    #[test]
    fn every_length_is_chosen_as_often_and_nothing_twice() {
        let text = "a b\tx\t\na b\ty\t\nc\tx\t\nd\tx\t\ne\tx\t\nf\tx\t\n";
        let chosen = |each| Choice { always: "", each, most: 9 }.of_each_length(text);
        assert_eq!(chosen(1), ["c", "a b"]);
        assert_eq!(chosen(2), ["c", "e", "a b"]);
    }
}
