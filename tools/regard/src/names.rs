//! Sections of a model file by the names that their tensors have in the weights.

use regard::format::{Dims, EncoderKind, Role, Slot, Stack};
use regard::kernel::Layout;

/// What the weights of a matrix are called.
pub(crate) fn of_layout(layout: Layout) -> &'static str {
    match layout {
        Layout::Pairs => "int8",
        Layout::Fours => "int4",
        Layout::Bytes => "int8, bytes",
    }
}

/// The name of a section, as in the weights but without `.weight`.
pub(crate) fn of(slot: &Slot, dims: &Dims) -> String {
    let side = match slot.stack {
        Stack::Encoder => "encoder",
        Stack::Decoder => "decoder",
    };
    let part = match slot.role {
        Role::SourceWords => return "source words".into(),
        Role::TargetWords => return "target words".into(),
        Role::SelfTest => return "self-test".into(),
        Role::Logits => return "output".into(),
        Role::Embedding => return format!("{side}.embedding"),
        Role::Position => return format!("{side}.position"),
        Role::EmbeddingNorm => return format!("{side}.embedding_norm"),
        Role::Relative => return format!("{side}.relative"),
        Role::FinalNorm => return format!("{side}.norm"),
        Role::CellInput => return format!("{side}.rnn.{}.input", slot.layer),
        Role::CellState => return format!("{side}.rnn.{}.state", slot.layer),
        Role::CellCandidate => return format!("{side}.rnn.{}.candidate", slot.layer),
        Role::Bridge => return format!("{side}.bridge.{}", slot.layer),
        Role::BridgeCell => return format!("{side}.bridge_cell.{}", slot.layer),
        Role::AttentionQuery => return format!("{side}.attention.query"),
        Role::AttentionKey => return format!("{side}.attention.key"),
        Role::AttentionEnergy => return format!("{side}.attention.energy"),
        Role::ContextGate => return format!("{side}.context_gate"),
        Role::Picture => return "pixels".into(),
        Role::Filter => return format!("{side}.layers.{}", layer_of_filter(slot, dims)),
        Role::Readout => return format!("{side}.readout"),
        Role::SelfNorm => "self_attention_norm",
        Role::SelfQuery => "self_attention.query",
        Role::SelfKey => "self_attention.key",
        Role::SelfValue => "self_attention.value",
        Role::SelfOutput => "self_attention.output",
        Role::CrossNorm => "cross_attention_norm",
        Role::CrossQuery => "cross_attention.query",
        Role::CrossKey => "cross_attention.key",
        Role::CrossValue => "cross_attention.value",
        Role::CrossOutput => "cross_attention.output",
        Role::FeedNorm => "feed_forward_norm",
        Role::FeedGate => "feed_forward.gate",
        Role::FeedUp => "feed_forward.up",
        Role::FeedDown => "feed_forward.down",
    };
    format!("{side}.layers.{}.{part}", slot.layer)
}

/// Filters are numbered without the pools between them.
fn layer_of_filter(slot: &Slot, dims: &Dims) -> usize {
    match &dims.encoder {
        EncoderKind::Convolutional(encoder) => encoder.layer_of_filter(slot.layer),
        _ => slot.layer,
    }
}
