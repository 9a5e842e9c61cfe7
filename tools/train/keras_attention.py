"""The kinds of attention out of Keras layers."""

import from_keras
import golden_cases as cases
from transformer import keras

Dense = keras.layers.Dense


class Attention:
    """`AdditiveAttention` behind two `Dense` layers, or `Attention`."""

    def __init__(self, case: dict):
        fields = case["decoder"]["attention"]
        self.kind = fields["kind"]
        self.dense, self.layer = {}, keras.layers.Attention(use_scale=self.kind == "scaled")
        if self.kind == "additive":
            for name in ("query", "key"):
                bias = cases.has_bias(case, f"attention.{name}")
                self.dense[name] = Dense(fields["d_attention"], use_bias=bias)
            self.layer = keras.layers.AdditiveAttention()
        if self.kind == "general":
            self.dense["key"] = Dense(case["decoder"]["hidden"], use_bias=False)

    def __call__(self, state, memory):
        """`[1, hidden]`, `[1, S, width]` -> `[S]`, `[1, width]`"""
        through = lambda name, x: self.dense[name](x) if name in self.dense else x  # noqa: E731
        context, alignment = self.layer(
            [through("query", state)[:, None], memory, through("key", memory)],
            return_attention_scores=True,
        )
        return alignment[0, 0], context[:, 0]

    def everything(self):
        yield from self.dense.values()
        if self.kind == "additive":
            yield self.layer

    def tensors(self):
        found = {}
        for name, layer in self.dense.items():
            found |= from_keras.dense(layer, f"decoder.attention.{name}")
        if self.kind == "additive":
            found |= from_keras.energy(self.layer, "decoder.attention.energy")
        return found
