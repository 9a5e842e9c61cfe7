"""The Transformer of "Attention Is All You Need" (arXiv 1706.03762) out of standard Keras layers.

    source -> embedding * scale + position -> encoder layers -> memory
    target -> embedding * scale + position -> decoder layers (masked self-attention, then
              cross-attention on memory) -> logits

`Config` is what `model.json` says.  Norm before each sublayer ("pre", with one more norm after the
last layer) or after each residual sum ("post", as in the paper).

Limits: token 0 is padding on both sides; no dropout; one shape per compilation.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

from dataclasses import asdict, dataclass  # noqa: E402

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers, ops  # noqa: E402

PAD, BOS, EOS = 0, 1, 2


@dataclass
class Config:
    """Sizes and choices, named as in `model.json`."""

    d_model: int = 96
    n_heads: int = 4
    d_head: int = 24
    d_ff: int = 256
    encoder_layers: int = 2
    decoder_layers: int = 2
    norm: str = "pre"
    norm_epsilon: float = 1e-6
    activation: str = "relu"
    positions: str = "sinusoidal"
    tied_output: bool = True
    output_bias: bool = True
    max_source_len: int = 48
    max_target_len: int = 56
    source_size: int = 0
    target_size: int = 0

    @property
    def embedding_scale(self) -> float:
        """Factor of both embeddings (section 3.4)."""
        return self.d_model**0.5

    def as_json(self) -> dict:
        """The fields that `model.json` carries."""
        fields = {"encoder": "transformer", "decoder": "transformer"} | asdict(self)
        for name in ("source_size", "target_size", "output_bias"):
            del fields[name]
        return fields | {"embedding_scale": self.embedding_scale}


def sinusoids(length: int, d_model: int) -> np.ndarray:
    """`[length, d_model]`: sine on even, cosine on odd channels (section 3.5)."""
    channel = np.arange(d_model)
    angle = np.arange(length)[:, None] / 10000.0 ** (2 * (channel // 2) / d_model)
    return np.where(channel % 2 == 0, np.sin(angle), np.cos(angle)).astype("float32")


class Layer(layers.Layer):
    """One encoder layer, or with `cross` one decoder layer."""

    def __init__(self, config: Config, cross: bool, name: str):
        super().__init__(name=name)
        self.pre = config.norm == "pre"
        self.cross = cross
        kinds = ["self_attention"] + ["cross_attention"] * cross
        self.attention = {
            kind: layers.MultiHeadAttention(config.n_heads, config.d_head, name=kind)
            for kind in kinds
        }
        self.norms = {
            kind: layers.LayerNormalization(epsilon=config.norm_epsilon, name=f"{kind}_norm")
            for kind in [*kinds, "feed_forward"]
        }
        self.up = layers.Dense(config.d_ff, name="up")
        self.down = layers.Dense(config.d_model, name="down")
        exact_gelu = lambda x: keras.activations.gelu(x, approximate=False)  # noqa: E731
        self.activate = ops.relu if config.activation == "relu" else exact_gelu

    def call(self, x, mask, memory=None, memory_mask=None):
        """`x`: `[batch, len, d_model]`; also gives the cross-attention `[batch, head, T, S]`."""
        alignment = None

        def attend(value):
            return self.attention["self_attention"](value, value, attention_mask=mask)

        def look(value):
            nonlocal alignment
            found, alignment = self.attention["cross_attention"](
                value, memory, attention_mask=memory_mask, return_attention_scores=True
            )
            return found

        x = self._sublayer(x, "self_attention", attend)
        if self.cross:
            x = self._sublayer(x, "cross_attention", look)
        x = self._sublayer(x, "feed_forward", lambda y: self.down(self.activate(self.up(y))))
        return x, alignment

    def _sublayer(self, x, kind: str, body):
        norm = self.norms[kind]
        return x + body(norm(x)) if self.pre else norm(x + body(x))


class Side(layers.Layer):
    """Embedding, positions and the layers of the encoder, or with `cross` of the decoder."""

    def __init__(self, config: Config, cross: bool):
        super().__init__(name="decoder" if cross else "encoder")
        vocabulary = config.target_size if cross else config.source_size
        longest = config.max_target_len if cross else config.max_source_len
        spread = keras.initializers.RandomNormal(stddev=config.d_model**-0.5, seed=int(cross))
        self.scale = config.embedding_scale
        self.embedding = layers.Embedding(
            vocabulary, config.d_model, embeddings_initializer=spread, name="embedding"
        )
        self.position = None
        if config.positions == "learned":
            self.position = layers.Embedding(longest, config.d_model, name="position")
        self.table = sinusoids(longest, config.d_model)
        count = config.decoder_layers if cross else config.encoder_layers
        self.layers = [Layer(config, cross, name=str(index)) for index in range(count)]
        self.norm = None
        if config.norm == "pre":
            self.norm = layers.LayerNormalization(epsilon=config.norm_epsilon, name="norm")

    def call(self, tokens, mask, memory=None, memory_mask=None):
        """States `[batch, len, d_model]` and one alignment per layer."""
        length = tokens.shape[1]
        x = self.embedding(tokens) * self.scale
        x = x + (self.position(ops.arange(length)) if self.position else self.table[:length])
        alignments = []
        for layer in self.layers:
            x, alignment = layer(x, mask, memory, memory_mask)
            alignments.append(alignment)
        return (self.norm(x) if self.norm else x), alignments


class Transformer(keras.Model):
    """Encoder, decoder and output; call it with `(source, target)` token ids."""

    def __init__(self, config: Config):
        super().__init__(name="transformer")
        self.config = config
        self.encoder = Side(config, cross=False)
        self.decoder = Side(config, cross=True)
        self.output_layer = None
        self.output_bias = None
        if not config.tied_output:
            self.output_layer = layers.Dense(
                config.target_size, use_bias=config.output_bias, name="output"
            )
        elif config.output_bias:
            self.output_bias = self.add_weight(
                shape=(config.target_size,), initializer="zeros", name="output_bias"
            )
        self((np.ones((1, 2), "int32"), np.ones((1, 2), "int32")))

    def call(self, pair):
        """Logits `[batch, T, target_size]`."""
        return self.everything(pair)[0]

    def everything(self, pair):
        """Logits, memory `[batch, S, d_model]`, alignments `[batch, head, T, S]` per layer."""
        source, target = pair
        present = ops.expand_dims(ops.not_equal(source, PAD), 1)
        memory, _ = self.encoder(source, present)
        length = target.shape[1]
        causal = np.tril(np.ones((1, length, length), bool))
        x, alignments = self.decoder(target, causal, memory, present)
        return self.logits(x), memory, alignments

    def logits(self, x):
        """The output matrix, which may be the target embedding (section 3.4)."""
        if self.output_layer is not None:
            return self.output_layer(x)
        scores = ops.matmul(x, ops.transpose(self.decoder.embedding.embeddings))
        return scores if self.output_bias is None else scores + self.output_bias
