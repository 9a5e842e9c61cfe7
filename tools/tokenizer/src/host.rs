//! The engine's own tokens and texts, on the host, where no model is at hand: a model file that has words
//! and nothing to say.

use crate::{Error, MOST_WORD, Marks, Packed, Tokenizer, target};
use regard::format::emit::{self, Content, Matrix, Norm};
use regard::format::{
    Activation, DecoderKind, Dims, EncoderKind, Kind, NormOrder, Role, Slot, SourcePieces,
    SubwordDims, Variant,
};
use regard::kernel::Layout;
use regard::{Model, Token, text};

/// Such a file.
#[derive(Clone, Debug)]
pub struct Host {
    file: Vec<u32>,
}

impl Host {
    /// Of the words of a side. `marks`: what ends and fills texts.
    ///
    /// # Errors
    /// As [`Packed::new`], and words that are no table of words.
    pub fn new(tokenizer: &Tokenizer, words: &[String], marks: Marks) -> Result<Self, Error> {
        Self::with_room(tokenizer, words, marks, MOST_WORD)
    }

    /// The same with room for words of so many bytes.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_room(
        tokenizer: &Tokenizer,
        words: &[String],
        marks: Marks,
        longest_word: usize,
    ) -> Result<Self, Error> {
        let packed = Packed::new(tokenizer, words)?;
        let source = Some(SourcePieces { longest_word, ..packed.dims });
        let subwords = SubwordDims { source, target: Some(target(tokenizer)) };
        let dims = dims(words.len(), marks, subwords);
        let slots = (0..).map_while(|index| dims.slot(index));
        let contents: Vec<Content> =
            slots.map(|slot| content(&slot, words, &packed.content)).collect();
        Ok(Self { file: emit::emit(&dims, &contents).map_err(Error::Engine)? })
    }

    /// The words of the file.
    #[must_use]
    pub fn file(&self) -> &[u32] {
        &self.file
    }

    /// What it says of texts.
    ///
    /// # Errors
    /// None that [`Self::new`] has not had.
    pub fn texts(&self) -> Result<Texts<'_>, regard::Error> {
        Ok(Texts { model: Model::parse(&self.file)? })
    }

    /// The tokens of one text: [`Texts::encode`].
    ///
    /// # Errors
    /// Those of [`text::encode`].
    pub fn encode(&self, text: &str, most: usize) -> Result<Vec<u32>, regard::Error> {
        self.texts()?.encode(text, most)
    }
}

/// Such a file, checked once for many texts.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'h> {
    model: Model<'h>,
}

impl Texts<'_> {
    /// The tokens of a text, at most so many, with the end mark.
    ///
    /// # Errors
    /// Those of [`text::encode`].
    pub fn encode(&self, text: &str, most: usize) -> Result<Vec<u32>, regard::Error> {
        let (mut tokens, mut room) = (vec![0; most], vec![0; self.model.dims().subwords.room()]);
        let len = text::encode(&self.model, text, &mut tokens, &mut room)?;
        tokens.truncate(len);
        Ok(tokens.into_iter().map(u32::from).collect())
    }

    /// The text of tokens; of those that are none, nothing.
    #[must_use]
    pub fn decode(&self, tokens: &[u32]) -> String {
        let (mut joiner, mut text) = (text::Joiner::new(&self.model), String::new());
        for token in tokens.iter().filter_map(|&token| Token::try_from(token).ok()) {
            // Writing into a string does not fail.
            _ = joiner.write(token, &mut text);
        }
        _ = joiner.finish(&mut text);
        text
    }
}

fn dims(words: usize, marks: Marks, subwords: SubwordDims) -> Dims {
    let mark = |mark: Option<u32>| mark.unwrap_or(0) as Token;
    let (pad, bos, eos) = (mark(marks.pad), mark(marks.bos), mark(marks.eos));
    Dims {
        encoder: EncoderKind::Transformer,
        decoder: DecoderKind::Transformer,
        norm: NormOrder::Post,
        activation: Activation::Relu,
        d_model: 4,
        n_heads: 1,
        d_head: 4,
        d_ff: 4,
        d_embedding: 0,
        encoder_layers: 1,
        decoder_layers: 1,
        source_vocabulary: words,
        target_vocabulary: words,
        max_source_len: 8,
        max_target_len: 8,
        alignment_layer: 0,
        source_pad: pad,
        source_eos: eos,
        target_pad: pad,
        target_bos: bos,
        target_eos: eos,
        tied_output: true,
        lowercase: false,
        letters: false,
        embedding_multiplier: 16384,
        embedding_exponent: -14,
        variant: Variant::PAPER,
        subwords,
    }
}

/// Zeros, where there is something to learn.
fn content(slot: &Slot, words: &[String], subwords: &Content) -> Content {
    match (slot.kind(), slot.role) {
        (_, Role::SourceWords | Role::TargetWords) => Content::words(words),
        (_, Role::Subwords) => subwords.clone(),
        (Kind::Table, _) => Content::self_test(&[], &[]),
        (Kind::Norm, _) => Content::norm(&Norm {
            epsilon: (1, 0),
            gammas: &vec![0; slot.rows],
            gamma_exponent: 0,
            betas: &vec![0; slot.rows],
            beta_exponent: 0,
        }),
        (Kind::Matrix, _) => Content::matrix(&Matrix {
            layout: Layout::Pairs,
            weights: &vec![0; slot.rows * slot.columns],
            columns: slot.columns,
            multipliers: &vec![0; slot.rows],
            scale_exponent: 0,
            biases: &vec![0; slot.rows],
            bias_exponent: 0,
            bits: 14,
        }),
    }
}
