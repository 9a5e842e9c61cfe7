//! `regard run`: text in, words out.

use crate::answer::{self, Step};
use crate::cli::RunArgs;
use crate::engine::Engine;
use crate::heat::{HeatMap, Palette};
use crate::problem::Problem;
use crate::{file, float, picture};
use serde::Serialize;
use std::io::{self, BufRead as _, IsTerminal as _, Write};

/// Both models of a run; the twin only when it answers.
struct Speaker {
    engine: Engine,
    twin: Option<twin::Transformer>,
}

/// What was asked, and what was said.
struct Answer {
    source: Vec<u32>,
    steps: Vec<Step>,
}

/// One sentence as JSON.
#[derive(Serialize)]
struct Report<'a> {
    source_ids: &'a [u32],
    source_words: Vec<String>,
    ids: Vec<u32>,
    words: Vec<String>,
    text: String,
    log_score: f64,
    /// `[target_len × source_len]`
    alignment: Vec<&'a [f32]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logits: Option<Vec<&'a answer::Logits>>,
}

/// Answers the text, the ids or every line of standard input.
pub(crate) fn run(args: &RunArgs) -> Result<(), Problem> {
    let inputs = args.float_files.inputs(&args.model);
    if let Some(png) = &args.png {
        file::refuse_overwrite(png, &inputs.each_ref().map(|path| path.as_path()))?;
    }
    let engine = Engine::read(&args.model)?;
    let twin = || float::read(&args.float_files, &args.model, &engine);
    let twin = args.float.then(twin).transpose()?;
    let mut speaker = Speaker { engine, twin };
    if let Some(ids) = &args.ids {
        let ids = speaker.engine.checked(parse_ids(ids)?)?;
        return speaker.answer(ids).and_then(|answer| speaker.show(args, &answer));
    }
    if let Some(text) = &args.text {
        let ids = speaker.engine.tokens(text)?;
        return speaker.answer(ids).and_then(|answer| speaker.show(args, &answer));
    }
    speaker.lines(args)
}

impl Speaker {
    /// Answers line by line. A line that cannot be answered is reported, and the next one read.
    fn lines(&mut self, args: &RunArgs) -> Result<(), Problem> {
        let mut failures = 0;
        for (line, number) in io::stdin().lock().lines().zip(1..) {
            let line =
                line.map_err(|cause| Problem::Read { path: "standard input".into(), cause })?;
            let answer = self.engine.tokens(&line).and_then(|ids| self.answer(ids));
            match answer.and_then(|answer| self.show(args, &answer)) {
                Ok(()) => {}
                Err(problem @ (Problem::Output(_) | Problem::Write { .. })) => return Err(problem),
                Err(problem) => {
                    failures += 1;
                    eprintln!("regard: line {number}: {problem}");
                }
            }
        }
        if failures == 0 { Ok(()) } else { Err(Problem::Lines { failures }) }
    }

    fn answer(&mut self, source: Vec<u32>) -> Result<Answer, Problem> {
        let steps = match &self.twin {
            Some(twin) => twin.greedy(&source, &mut ())?.into_iter().map(Step::from).collect(),
            None => self.engine.greedy(&source)?,
        };
        Ok(Answer { source, steps })
    }

    fn show(&self, args: &RunArgs, answer: &Answer) -> Result<(), Problem> {
        let (source, target, rows) = self.labels(answer);
        let mut out = io::stdout().lock();
        if args.json {
            serde_json::to_writer(&mut out, &self.report(args, answer)).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", self.text(answer))?;
        }
        if args.attention {
            let map = HeatMap { source: &source, target: &target, rows: &rows };
            write!(out, "\n{}", map.draw(palette(), columns()))?;
        }
        out.flush()?;
        if let Some(path) = &args.png {
            file::write(path, &picture::png(&source, &target, &rows)?)?;
        }
        Ok(())
    }

    /// Words across, words down and the rows of a picture; the end of the target is left out.
    fn labels(&self, answer: &Answer) -> (Vec<String>, Vec<String>, Vec<Vec<f32>>) {
        let said = answer.steps.iter().filter(|step| step.token != self.engine.end());
        (
            answer.source.iter().map(|&id| self.engine.source_word(id)).collect(),
            said.clone().map(|step| self.engine.target_word(step.token)).collect(),
            said.map(|step| step.alignment.clone()).collect(),
        )
    }

    fn text(&self, answer: &Answer) -> String {
        let ids: Vec<u32> = answer.steps.iter().map(|step| step.token).collect();
        self.engine.text(&ids)
    }

    fn report<'a>(&self, args: &RunArgs, answer: &'a Answer) -> Report<'a> {
        let steps = &answer.steps;
        Report {
            source_ids: &answer.source,
            source_words: answer.source.iter().map(|&id| self.engine.source_word(id)).collect(),
            ids: steps.iter().map(|step| step.token).collect(),
            words: steps.iter().map(|step| self.engine.target_word(step.token)).collect(),
            text: self.text(answer),
            log_score: answer::log_score(steps),
            alignment: steps.iter().map(|step| step.alignment.as_slice()).collect(),
            logits: args.logits.then(|| steps.iter().map(|step| &step.logits).collect()),
        }
    }
}

/// Numbers between spaces or commas.
fn parse_ids(text: &str) -> Result<Vec<u32>, Problem> {
    let parts = text.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_err(|_| Problem::Id { text: part.into() })).collect()
}

fn palette() -> Palette {
    match (io::stdout().is_terminal(), std::env::var_os("NO_COLOR")) {
        (false, _) => Palette::Ascii,
        (true, Some(value)) if !value.is_empty() => Palette::Shades,
        (true, _) => Palette::Colours,
    }
}

/// Columns of the terminal, or of a page.
fn columns() -> usize {
    let terminal = io::stdout().is_terminal();
    let width = terminal.then(terminal_size::terminal_size).flatten();
    width.map_or(100, |(terminal_size::Width(width), _)| width.into())
}
