"""The classes of keras.io's "English-to-Spanish translation with a … Transformer"."""

import keras
from keras import layers as L
from keras import ops


@keras.saving.register_keras_serializable()
class PositionalEmbedding(L.Layer):
    def __init__(self, places, words, width, **kwargs):
        super().__init__(**kwargs)
        self.sizes = {"places": places, "words": words, "width": width}
        self.token_embeddings = L.Embedding(words, width)
        self.position_embeddings = L.Embedding(places, width)
        self.supports_masking = True

    def call(self, inputs):
        places = ops.arange(0, ops.shape(inputs)[-1], 1)
        return self.token_embeddings(inputs) + self.position_embeddings(places)

    def compute_mask(self, inputs, mask=None):
        return ops.not_equal(inputs, 0)

    def get_config(self):
        return super().get_config() | self.sizes


class Block(L.Layer):
    def __init__(self, width, inner, heads, norms, **kwargs):
        super().__init__(**kwargs)
        self.sizes = {"width": width, "inner": inner, "heads": heads}
        self.dense_proj = keras.Sequential([L.Dense(inner, activation="relu"), L.Dense(width)])
        for number in range(1, norms + 1):
            setattr(self, f"layernorm_{number}", L.LayerNormalization())
        self.supports_masking = True

    def get_config(self):
        return super().get_config() | self.sizes


@keras.saving.register_keras_serializable()
class TransformerEncoder(Block):
    def __init__(self, width, inner, heads, **kwargs):
        super().__init__(width, inner, heads, 2, **kwargs)
        self.attention = L.MultiHeadAttention(heads, width)

    def call(self, inputs, mask=None):
        mask = None if mask is None else ops.cast(mask[:, None, :], "int32")
        x = self.layernorm_1(inputs + self.attention(inputs, inputs, inputs, attention_mask=mask))
        return self.layernorm_2(x + self.dense_proj(x))


@keras.saving.register_keras_serializable()
class TransformerDecoder(Block):
    def __init__(self, width, inner, heads, **kwargs):
        super().__init__(width, inner, heads, 3, **kwargs)
        self.attention_1 = L.MultiHeadAttention(heads, width)
        self.attention_2 = L.MultiHeadAttention(heads, width)

    def call(self, inputs, mask=None, scores=False):
        inputs, memory = inputs
        mask = [None, None] if mask is None else mask
        seen = None if mask[1] is None else ops.cast(mask[1][:, None, :], "int32")
        own = self.attention_1(inputs, inputs, inputs, use_causal_mask=True)
        x = self.layernorm_1(inputs + own)
        cross, alignment = self.attention_2(
            x, memory, memory, attention_mask=seen, return_attention_scores=True
        )
        x = self.layernorm_2(x + cross)
        x = self.layernorm_3(x + self.dense_proj(x))
        return alignment if scores else x
