//! Sections of a model file by the names that their tensors have in the weights.

use regard::format::{Role, Slot, Stack};

/// The name of a section, as in the weights but without `.weight`.
pub(crate) fn of(slot: &Slot) -> String {
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
        Role::FinalNorm => return format!("{side}.norm"),
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
        Role::FeedUp => "feed_forward.up",
        Role::FeedDown => "feed_forward.down",
    };
    format!("{side}.layers.{}.{part}", slot.layer)
}
