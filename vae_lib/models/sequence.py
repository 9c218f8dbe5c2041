"""A VAE of word sequences: one recurrent network reads a row into a code, another writes it word by word.

Words are numbers here: 0 ends a row and starts the writing, 1 stands for a word withheld. The loss is left to
`objectives.sequence_elbo`.
"""

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from vae_lib.models.calling import not_as_a_whole

END, WITHHELD = 0, 1


class SequenceVAE(nn.Module):
    """q(z|x) = N(μ(x), diag σ²(x)) for a row of words x, prior N(0, I), and p(x|z) one word after another.

    Each word's distribution depends on z, through the state the writer starts from, and on the words before it.
    Source: Bowman et al. (2016), section 3. Used in: sequence_vae.
    """

    def __init__(self, vocabulary: int = 256, latent: int = 16, embedding: int = 64, hidden: int = 128):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.reader = nn.GRU(embedding, hidden, batch_first=True)
        self.to_mu = nn.Linear(hidden, latent)
        self.to_log_var = nn.Linear(hidden, latent)
        self.to_state = nn.Linear(latent, hidden)
        self.writer = nn.GRU(embedding, hidden, batch_first=True)
        self.to_logits = nn.Linear(hidden, vocabulary)

    def encode(
        self, words: Int64[Tensor, "batch positions"]
    ) -> tuple[Float[Tensor, "batch latent"], Float[Tensor, "batch latent"]]:
        """The mean and the log variance of q(z|x), read off where the row ends."""
        states, _ = self.reader(self.embedding(words))
        end = (words != END).cumprod(dim=1).sum(dim=1).clamp(max=words.shape[1] - 1)
        # Its shape, since `len` would fix the number of rows in what is traced or exported.
        h = states[torch.arange(words.shape[0], device=words.device), end]
        return self.to_mu(h), self.to_log_var(h)

    def decode(
        self,
        z: Float[Tensor, "batch latent"],
        words: Int64[Tensor, "batch positions"],
        *,
        word_dropout: float = 0.0,
    ) -> Float[Tensor, "batch positions vocabulary"]:
        """The logits of each word given z and the words before it, of which a share `word_dropout` is withheld."""
        before = torch.nn.functional.pad(words[:, :-1], (1, 0), value=END)
        if word_dropout:
            withheld = torch.rand(before.shape, dtype=z.dtype, device=before.device) < word_dropout
            before = before.masked_fill(withheld, WITHHELD)
        states, _ = self.writer(self.embedding(before), self.to_state(z)[None])
        return self.to_logits(states)

    @torch.no_grad()
    def write(
        self, z: Float[Tensor, "batch latent"], positions: int, *, sampled: bool = False
    ) -> Int64[Tensor, "batch positions"]:
        """A row for each z, every word the most probable one, or drawn; the model reads what it has written."""
        state, word = self.to_state(z)[None], torch.full((len(z), 1), END, device=z.device)
        written = []
        for _ in range(positions):
            output, state = self.writer(self.embedding(word), state)
            logits = self.to_logits(output[:, 0])
            word = torch.multinomial(logits.softmax(dim=-1), 1) if sampled else logits.argmax(dim=-1, keepdim=True)
            written.append(word)
        row = torch.cat(written, dim=1)
        return row * (row != END).cumprod(dim=1)


SequenceVAE.forward = not_as_a_whole("encode(words)", "decode(z, words)", objective="sequence_elbo(model, x)")
