//! `regard run`: text or a picture in, words out.

mod report;

use crate::answer::Step;
use crate::cli::RunArgs;
use crate::engine::Engine;
use crate::given::Given;
use crate::grids::Grids;
use crate::heat::{HeatMap, Palette};
use crate::photo::Photo;
use crate::problem::Problem;
use crate::{file, float, heat_png, panels};
use report::Report;
use std::io::{self, BufRead as _, IsTerminal as _, Write};
use std::path::Path;

/// Both models of a run; the twin only when it answers.
struct Speaker {
    engine: Engine<'static>,
    twin: Option<twin::Model>,
}

/// What was asked, and what was said.
struct Answer {
    given: Given,
    /// The picture as its file has it, if one was asked about.
    photo: Option<Photo>,
    steps: Vec<Step>,
}

/// Answers the picture, the text, the ids or every line of standard input.
pub(crate) fn run(args: &RunArgs) -> Result<(), Problem> {
    if let Some(png) = &args.png {
        let inputs = args.float_files.inputs(&args.model);
        let inputs: Vec<&Path> =
            inputs.iter().chain(&args.picture).map(|path| path.as_path()).collect();
        file::refuse_overwrite(png, &inputs)?;
    }
    let engine = Engine::read(&args.model)?;
    match (engine.sees(), &args.picture) {
        (Some(_), None) => return Err(Problem::WantsPicture),
        (None, Some(_)) => return Err(Problem::WantsText),
        _ => {}
    }
    if (args.attention || args.png.is_some()) && !engine.looks() {
        return Err(Problem::NoAttention);
    }
    let twin = || float::read(&args.float_files, &args.model, &engine);
    let twin = args.float.then(twin).transpose()?;
    let mut speaker = Speaker { engine, twin };
    if let Some(path) = &args.picture {
        return speaker.picture(path).and_then(|answer| speaker.show(args, &answer));
    }
    if let Some(ids) = &args.ids {
        let ids = speaker.engine.checked(parse_ids(ids)?)?;
        return speaker.tokens(ids).and_then(|answer| speaker.show(args, &answer));
    }
    if let Some(text) = &args.text {
        let ids = speaker.engine.tokens(text)?;
        return speaker.tokens(ids).and_then(|answer| speaker.show(args, &answer));
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
            let answer = self.engine.tokens(&line).and_then(|ids| self.tokens(ids));
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

    fn tokens(&mut self, ids: Vec<u32>) -> Result<Answer, Problem> {
        self.answer(Given::Tokens(ids), None)
    }

    fn picture(&mut self, path: &Path) -> Result<Answer, Problem> {
        let photo = Photo::read(path)?;
        let model = self.engine.sees().ok_or(Problem::WantsText)?;
        let given = Given::Picture(photo.fit(model)?);
        self.answer(given, Some(photo))
    }

    fn answer(&mut self, given: Given, photo: Option<Photo>) -> Result<Answer, Problem> {
        let steps = match &self.twin {
            Some(twin) => {
                let steps = twin.greedy(given.source(), &mut ())?;
                steps.into_iter().map(Step::from).collect()
            }
            None => self.engine.greedy(&given)?,
        };
        Ok(Answer { given, photo, steps })
    }

    fn show(&self, args: &RunArgs, answer: &Answer) -> Result<(), Problem> {
        let mut out = io::stdout().lock();
        if args.json {
            let report = Report::new(self, args, answer);
            serde_json::to_writer(&mut out, &report).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", self.text(answer))?;
        }
        let (words, rows) = self.labels(answer);
        if args.attention {
            write!(out, "\n{}", self.attention(answer, &words, &rows))?;
        }
        out.flush()?;
        if let Some(path) = &args.png {
            file::write(path, &self.png(answer, &words, &rows)?)?;
        }
        Ok(())
    }

    /// The words that were said and the places they came from; the end of the target is left out.
    fn labels(&self, answer: &Answer) -> (Vec<String>, Vec<Vec<f32>>) {
        let said = answer.steps.iter().filter(|step| step.token != self.engine.end());
        (
            said.clone().map(|step| self.engine.target_word(step.token)).collect(),
            said.map(|step| step.alignment.clone()).collect(),
        )
    }

    fn source_words(&self, given: &Given) -> Vec<String> {
        match given {
            Given::Tokens(ids) => ids.iter().map(|&id| self.engine.source_word(id)).collect(),
            Given::Picture(_) => Vec::new(),
        }
    }

    fn attention(&self, answer: &Answer, words: &[String], rows: &[Vec<f32>]) -> String {
        match self.engine.places() {
            Some([_, width]) => Grids { words, rows, width }.draw(palette(), columns()),
            None => {
                let source = self.source_words(&answer.given);
                HeatMap { source: &source, target: words, rows }.draw(palette(), columns())
            }
        }
    }

    fn png(
        &self,
        answer: &Answer,
        words: &[String],
        rows: &[Vec<f32>],
    ) -> Result<Vec<u8>, Problem> {
        match (&answer.photo, self.engine.places()) {
            (Some(photo), Some([height, width])) => {
                panels::png(&photo.pixels, words, rows, [width as u32, height as u32])
            }
            _ => heat_png::png(&self.source_words(&answer.given), words, rows),
        }
    }

    fn text(&self, answer: &Answer) -> String {
        let ids: Vec<u32> = answer.steps.iter().map(|step| step.token).collect();
        self.engine.text(&ids)
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
