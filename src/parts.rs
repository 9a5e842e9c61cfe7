//! What lives from the encoding to the last word, and how a model's encoder and decoder meet in it.

use crate::Token;
use crate::arena::Carver;
use crate::attention::Caches;
use crate::convolution::Maps;
use crate::decoder::{Context, prepare};
use crate::encoder::{ConvolutionalEncoder, RecurrentEncoder, TransformerEncoder};
use crate::family::Family;
use crate::format::{Cell, DecoderKind, Dims, EncoderKind, Model, Plan, RowsPlan};
use crate::gate::Gate;
use crate::layer::{Blocks, Lanes, Scratch};
use crate::observe::Observer;
use crate::picture::Picture;
use crate::recurrent::{Scorer, States, start};

/// What is encoded.
#[derive(Clone, Copy)]
pub(crate) enum Source<'s> {
    Tokens(&'s [Token]),
    Picture(&'s Picture<'s>),
}

/// Views of what is carved first, by whatever family: the encoding fills it, each step of the
/// decoder carves it again. What a model has no use for is empty.
pub(crate) struct Parts<'a> {
    pub(crate) memory: Blocks<'a>,
    pub(crate) states: States<'a>,
    pub(crate) context: Context<'a>,
    pub(crate) scratch: Scratch<'a>,
}

const fn decoder_cell(dims: &Dims) -> Cell {
    match &dims.decoder {
        DecoderKind::Recurrent(decoder) => decoder.cell,
        DecoderKind::Transformer => Cell::Rnn,
    }
}

const fn encoder_cell(dims: &Dims) -> Cell {
    match &dims.encoder {
        EncoderKind::Recurrent(encoder) => encoder.cell,
        _ => Cell::Rnn,
    }
}

/// States as they were left. (Made here, and not by code of recurrent models, so that there is none
/// of it in a firmware without them.)
fn states<'a>(arena: &mut Carver<'a>, plan: &RowsPlan, cell: Cell) -> States<'a> {
    States { rows: Blocks::carve(arena, plan, plan.rows), cell }
}

impl<'a> Parts<'a> {
    /// `len`: rows of the memory.
    #[inline(never)] // For the flash, and so that its frame is gone before anything is computed.
    pub(crate) fn carve(arena: &mut Carver<'a>, plan: &Plan, dims: &Dims, len: usize) -> Self {
        Self {
            memory: Blocks::carve(arena, &plan.memory, len),
            states: states(arena, &plan.states, decoder_cell(dims)),
            context: Context { mantissas: arena.take(plan.context), exponent: 0 },
            scratch: Scratch::carve(arena, plan),
        }
    }
}

/// Keys and values of the memory, which a Transformer's decoder reads: what is carved next.
pub(crate) fn cross<'a>(arena: &mut Carver<'a>, plan: &Plan, dims: &Dims) -> Caches<'a> {
    Caches::carve(arena, &plan.cross, dims, dims.max_source_len)
}

/// Keys of the memory, which a recurrent decoder reads: what is carved next, where the encoding was.
pub(crate) fn keys<'a>(arena: &mut Carver<'a>, plan: &Plan, len: usize) -> Blocks<'a> {
    Blocks::carve(arena, &plan.keys, len)
}

/// Encodes, and makes all that the decoder needs of it, in `arena`: as much of it as `gate` lets through.
#[inline(never)] // Its frame is gone before the first word.
pub(crate) fn encode<F: Family, G: Gate>(
    model: &Model<'_>,
    mut arena: Carver<'_>,
    source: Source<'_>,
    len: usize,
    observer: &mut impl Observer,
    gate: &mut G,
) {
    let dims = model.dims();
    let plan = Plan::of(dims);
    let mut parts = Parts::carve(&mut arena, &plan, dims, len);
    let mut cross = F::TRANSFORMER_DECODER.then(|| cross(&mut arena, &plan, dims));
    let mut passing_arena = arena.rewindable();
    let mut passing = Blocks::carve(&mut passing_arena, &plan.passing, len);
    let mut below = Blocks::carve(&mut passing_arena, &plan.below, len);
    let mut finals = states(&mut passing_arena, &plan.finals, encoder_cell(dims));
    let begins = gate.opens();
    if F::RECURRENT_DECODER && begins {
        parts.states.begin();
    }
    if F::RECURRENT_ENCODER && begins {
        finals.begin();
    }
    let stays = plan.memory.rows > 0;
    let memory = &mut if stays { parts.memory.again() } else { passing.again() };
    let scratch = &mut parts.scratch;
    match (&dims.encoder, source) {
        (EncoderKind::Transformer, Source::Tokens(source)) if F::TRANSFORMER_ENCODER => {
            let mut cache =
                Caches::carve(&mut passing_arena, &plan.encoder, dims, dims.max_source_len);
            let Scratch { wide, narrow, energies, .. } = &mut *scratch;
            let mut lanes = Lanes::two(narrow, wide, &mut passing_arena.rewindable(), &plan);
            let encoder = TransformerEncoder::new(model);
            encoder.encode(source, memory, &mut cache, (&mut lanes, energies), observer, gate);
        }
        (EncoderKind::Recurrent(encoder), Source::Tokens(source)) if F::RECURRENT_ENCODER => {
            let encoder = RecurrentEncoder::new(model, encoder);
            encoder.encode(source, [memory, &mut below], &mut finals, scratch, observer, gate);
        }
        (EncoderKind::Convolutional(dims), Source::Picture(picture))
            if F::CONVOLUTIONAL_ENCODER =>
        {
            let mut maps = Maps::carve(&mut passing_arena, &plan.maps);
            if begins {
                maps.begin(dims);
            }
            let encoder = ConvolutionalEncoder::new(model, dims);
            encoder.encode(picture, memory, &mut maps, scratch, observer, gate);
        }
        _ => {}
    }
    if gate.is_shut() {
        return;
    }
    match &dims.decoder {
        DecoderKind::Transformer if F::TRANSFORMER_DECODER => {
            if let Some(cross) = &mut cross {
                let Scratch { wide, narrow, .. } = &mut *scratch;
                let mut lanes = Lanes::two(narrow, wide, &mut passing_arena, &plan);
                prepare(model, memory, cross, &mut lanes, gate);
            }
        }
        DecoderKind::Recurrent(decoder) if F::RECURRENT_DECODER => {
            start(model, decoder, memory, &finals, &mut parts.states, scratch, gate);
            let keys = &mut keys(&mut arena, &plan, len);
            Scorer::of(model, decoder).prepare(&parts.memory, keys, &mut parts.scratch, gate);
        }
        _ => {}
    }
}
