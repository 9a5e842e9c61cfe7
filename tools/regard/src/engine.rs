//! The integer engine, on the host: a model file and an arena, which live as long as the process
//! unless they are borrowed.

mod watch;

use crate::answer::{Logits, Step};
use crate::given::{Given, engine_picture};
use crate::problem::Problem;
use crate::{file, tokenizers};
use regard::family::Any;
use regard::format::limits::MAX_LEN;
use regard::format::{ConvolutionalDims, DecoderKind, EncoderKind, WordTable};
use regard::observe::Observer;
use regard::{Model, SelfTest, Seq2Seq, Token, Words, real, text};
use std::path::Path;
use tokenizer::Host;
use twin::{Description, Site};
use watch::Watch;

/// A model that answers in integers.
pub(crate) struct Engine<'m> {
    model: &'m Model<'m>,
    runner: Seq2Seq<'m>,
    /// Splits texts of the target, if those are pieces of words.
    targets: Option<Host>,
}

impl Engine<'static> {
    /// Reads and checks a model file.
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        let model = open(path)?;
        Self::new(model).map_err(|cause| Problem::Model { path: path.into(), cause })
    }

    /// Gives a model its place and its arena.
    pub(crate) fn new(model: Model<'static>) -> Result<Self, regard::Error> {
        let model: &Model<'_> = Box::leak(Box::new(model));
        let arena = vec![0u32; model.arena_bytes().div_ceil(4)].leak();
        Self::over(model, arena)
    }
}

impl<'m> Engine<'m> {
    /// Over an arena of as many bytes as the model needs.
    pub(crate) fn over(model: &'m Model<'m>, arena: &'m mut [u32]) -> Result<Self, regard::Error> {
        let runner = Seq2Seq::new(model, bytemuck::cast_slice_mut(arena))?;
        Ok(Self { model, runner, targets: None })
    }

    /// The model itself.
    pub(crate) fn model(&self) -> &'m Model<'m> {
        self.model
    }

    /// With what splits texts of the target, which the model file does not have.
    pub(crate) fn read_targets(&mut self, description: &Description) -> Result<(), Problem> {
        self.targets = tokenizers::of_target(&description.target)?;
        Ok(())
    }

    /// The ids of the model's words in a description, source and target, if all of them are there in
    /// this order.
    pub(crate) fn ids_in(&self, description: &Description) -> Option<[Vec<u32>; 2]> {
        let words = |table: WordTable<'m>| (0..table.len() as Token).map(move |id| table.get(id));
        let source: Vec<_> = words(self.model.source_words()).collect();
        let target: Vec<_> = words(self.model.target_words()).collect();
        description.ids_of(&source, &target)
    }

    /// Gives the tables of a description that have as many words, and others, those of the model and its marks.
    pub(crate) fn give_words(&self, description: &mut Description) {
        let dims = self.model.dims();
        let give = |table: WordTable<'_>, words: &mut Vec<String>| {
            let own = (0..table.len()).map(|id| word(&table, id as u32)).collect();
            let given = table.len() == words.len() && *words != own;
            given.then(|| *words = own).is_some()
        };
        if let Some(source) = &mut description.source {
            give(self.model.source_words(), &mut source.words);
        }
        let target = &mut description.target;
        if give(self.model.target_words(), &mut target.words) {
            let marks = [dims.target_pad, dims.target_bos, dims.target_eos];
            [target.pad, target.bos, target.eos] = marks.map(u32::from);
        }
    }

    /// Most tokens of source and target.
    pub(crate) fn lengths(&self) -> [usize; 2] {
        let dims = self.model.dims();
        [dims.max_source_len, dims.max_target_len]
    }

    /// How the model reads pictures, if it does.
    pub(crate) fn sees(&self) -> Option<&ConvolutionalDims> {
        match &self.model.dims().encoder {
            EncoderKind::Convolutional(encoder) => Some(encoder),
            _ => None,
        }
    }

    /// Whether the decoder has an attention, whose weights are the alignment.
    pub(crate) fn looks(&self) -> bool {
        match &self.model.dims().decoder {
            DecoderKind::Transformer => true,
            DecoderKind::Recurrent(decoder) => decoder.looks(),
        }
    }

    /// Rows and columns of the places that alignments are of, if the model reads pictures.
    pub(crate) fn places(&self) -> Option<[usize; 2]> {
        let map = self.sees().map(|encoder| encoder.size(encoder.count()))?;
        Some([map.height, map.width])
    }

    /// The word of a source token.
    pub(crate) fn source_word(&self, id: u32) -> String {
        word(&self.model.source_words(), id)
    }

    /// The word of a target token.
    pub(crate) fn target_word(&self, id: u32) -> String {
        word(&self.model.target_words(), id)
    }

    /// The token that ends a target.
    pub(crate) fn end(&self) -> u32 {
        self.model.dims().target_eos.into()
    }

    /// A sentence as source tokens, end mark included.
    pub(crate) fn tokens(&self, sentence: &str) -> Result<Vec<u32>, Problem> {
        let dims = self.model.dims();
        // Of pieces of words a letter can become several.
        let most =
            if dims.subwords.source.is_some() { dims.max_source_len } else { sentence.len() + 1 };
        let (mut tokens, mut room) = (vec![0; most], vec![0; dims.subwords.room()]);
        let len = text::encode(self.model, sentence, &mut tokens, &mut room)
            .map_err(|cause| self.refused(sentence, cause))?;
        self.limited(tokens.iter().take(len).map(|&token| token.into()).collect())
    }

    /// Source tokens, if they are a sentence; padding behind them is dropped.
    pub(crate) fn checked(&self, mut ids: Vec<u32>) -> Result<Vec<u32>, Problem> {
        let (size, pad) = (self.model.source_words().len(), self.model.dims().source_pad.into());
        while ids.last() == Some(&pad) {
            ids.pop();
        }
        match ids.iter().find(|&&id| id as usize >= size || id == pad) {
            Some(&id) => Err(Problem::Token { id, size }),
            None if ids.is_empty() => Err(Problem::Empty),
            None => self.limited(ids),
        }
    }

    fn limited(&self, ids: Vec<u32>) -> Result<Vec<u32>, Problem> {
        let (have, limit) = (ids.len(), self.model.dims().max_source_len);
        if have > limit { Err(Problem::TooLong { have, limit }) } else { Ok(ids) }
    }

    /// The engine's error in the sentence's own words.
    fn refused(&self, sentence: &str, cause: regard::Error) -> Problem {
        match cause {
            regard::Error::UnknownWord { at, length } => {
                let word = sentence.get(at..at + length).unwrap_or(sentence);
                unknown(&self.model.source_words(), word)
            }
            regard::Error::EmptySource => Problem::Empty,
            cause => Problem::Engine(cause),
        }
    }

    /// Target words between spaces, or their pieces, as tokens, end mark included.
    pub(crate) fn target_tokens(&self, words: &str) -> Result<Vec<u32>, Problem> {
        if let Some(targets) = &self.targets {
            return match targets.encode(words, MAX_LEN) {
                Err(regard::Error::EmptySource) => Ok(vec![self.end()]),
                tokens => Ok(tokens?),
            };
        }
        let table = self.model.target_words();
        let find = |word| table.find(word).ok_or_else(|| unknown(&table, word)).map(u32::from);
        let tokens = words.split_whitespace().map(find);
        tokens.chain([Ok(self.end())]).collect()
    }

    /// Target tokens as a reader writes them, without the end mark.
    pub(crate) fn text(&self, ids: &[u32]) -> String {
        let (mut joiner, mut sentence) = (text::Joiner::new(self.model), String::new());
        let said = ids.iter().take_while(|&&id| id != self.end());
        for token in said.filter_map(|&id| Token::try_from(id).ok()) {
            // Writing into a string does not fail.
            _ = joiner.write(token, &mut sentence);
        }
        _ = joiner.finish(&mut sentence);
        sentence
    }

    /// Reads a source, and stands ready for the first word.
    fn read_in<O: Observer>(
        &mut self,
        given: &Given,
        observer: O,
    ) -> Result<Words<'_, Any, O>, regard::Error> {
        match given {
            Given::Tokens(ids) => self.runner.observe_tokens(&narrow(ids), observer),
            Given::Picture(picture) => {
                self.runner.observe_picture(&engine_picture(picture)?, observer)
            }
        }
    }

    /// Says the likeliest words; the last step is the end mark, unless the longest target is
    /// reached.
    pub(crate) fn greedy(&mut self, given: &Given) -> Result<Vec<Step>, Problem> {
        let mut words = self.read_in(given, ())?;
        let mut steps = Vec::new();
        while let Some(step) = next(&mut words) {
            steps.push(step);
        }
        Ok(steps)
    }

    /// Token and digest of each step, for the self-test of a model file.
    pub(crate) fn digests(&mut self, given: &Given) -> Result<Vec<(Token, u32)>, Problem> {
        let mut words = self.read_in(given, ())?;
        let mut steps = Vec::new();
        while let Some(mut step) = words.step() {
            steps.push((step.token, SelfTest::digest(&mut step.logits, step.alignment)));
        }
        Ok(steps)
    }

    /// Runs the self-test of a model file.
    pub(crate) fn self_test(&mut self, test: &SelfTest<'_>) -> Result<(), regard::Error> {
        test.run(&mut self.runner)
    }

    /// The logits before each token of a given target, and what every site sees meanwhile.
    pub(crate) fn teacher_forced(
        &mut self,
        given: &Given,
        target: &[u32],
        see: impl FnMut(Site, usize, &[f32]),
    ) -> Result<Vec<Step>, Problem> {
        let mut words = self.read_in(given, Watch(see))?;
        let mut steps = Vec::new();
        for &token in target {
            let Some(mut step) = next(&mut words) else { break };
            step.token = token;
            steps.push(step);
            words.force(token as Token)?;
        }
        Ok(steps)
    }
}

/// A model file, checked, for as long as the process lives.
pub(crate) fn open(path: &Path) -> Result<Model<'static>, Problem> {
    let bytes = file::read(path)?;
    let mut words = vec![0u32; bytes.len().div_ceil(4)];
    let aligned: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
    aligned[..bytes.len()].copy_from_slice(&bytes);
    let whole: &'static [u8] = bytemuck::cast_slice(words.leak());
    Model::load(&whole[..bytes.len()]).map_err(|cause| Problem::Model { path: path.into(), cause })
}

fn next<O: Observer>(words: &mut Words<'_, Any, O>) -> Option<Step> {
    let mut step = words.step()?;
    let (exponent, mut integers) = (step.logits.exponent(), Vec::new());
    step.logits.each(|_, some| integers.extend_from_slice(some));
    Some(Step {
        token: step.token.into(),
        alignment: step.alignment.iter().map(|&weight| real::probability(weight)).collect(),
        logits: Logits {
            floats: integers.iter().map(|&m| real::value(m, exponent)).collect(),
            integers: Some(integers),
            exponent: Some(exponent),
        },
    })
}

/// Ids that were checked against the word table.
fn narrow(ids: &[u32]) -> Vec<Token> {
    ids.iter().map(|&id| id as Token).collect()
}

fn word(table: &WordTable<'_>, id: u32) -> String {
    Token::try_from(id).map_or("", |token| table.get(token)).to_owned()
}

/// The nearest word is looked for among words, not among marks such as `<eos>`.
fn unknown(table: &WordTable<'_>, word: &str) -> Problem {
    let words =
        (0..table.len()).map(|id| table.get(id as Token)).filter(|word| !word.starts_with('<'));
    let lower = word.to_lowercase();
    let nearest = twin::nearest(&lower, words).unwrap_or_default().to_owned();
    Problem::UnknownWord { word: word.to_owned(), nearest }
}
