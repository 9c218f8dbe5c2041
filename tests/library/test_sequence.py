"""Sequences of words: probabilities that add up to one, by enumeration, and a code that knows where a row ends."""

from itertools import product

import pytest
import torch

from vae_lib.distributions import kl_standard_normal, words_log_prob
from vae_lib.models import SequenceVAE
from vae_lib.models.sequence import END, WITHHELD
from vae_lib.objectives import sequence_elbo, words_of
from vae_lib.training import train


@pytest.fixture
def model():
    torch.manual_seed(0)
    model = SequenceVAE(vocabulary=4, latent=2, embedding=5, hidden=6)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3.0)
    return model


def rows_up_to(positions, vocabulary):
    """Every row that an end closes, and every one that the last position cuts off."""
    rows = {tuple(row) for row in product(range(vocabulary), repeat=positions)}
    return torch.tensor(sorted(row for row in rows if all(not any(row[i:]) for i in range(positions) if row[i] == END)))


def test_probabilities_of_all_rows_add_up_to_one(model):
    rows = rows_up_to(4, 4)
    z = torch.randn(1, 2).expand(len(rows), 2)
    log_prob = words_log_prob(rows, model.decode(z, rows))
    assert log_prob.exp().sum().item() == pytest.approx(1, abs=1e-5)


def test_log_probability_counts_the_end_and_nothing_after_it():
    logits = torch.randn(2, 4, 5, generator=torch.Generator().manual_seed(0))
    words = torch.tensor([[3, 2, 0, 0], [0, 4, 4, 4]])
    steps = logits.log_softmax(dim=-1)
    expected = [steps[0, 0, 3] + steps[0, 1, 2] + steps[0, 2, 0], steps[1, 0, 0]]
    torch.testing.assert_close(words_log_prob(words, logits), torch.stack(expected))


def test_code_depends_on_the_words_and_not_on_what_stands_after_the_end(model):
    mu, log_var = model.encode(torch.tensor([[3, 2, 0, 0], [3, 2, 0, 1], [3, 2, 2, 0], [3, 2, 2, 2]]))
    assert torch.allclose(mu[0], mu[1])
    assert torch.allclose(log_var[0], log_var[1])
    assert len({tuple(each) for each in mu.round(decimals=4).tolist()}) == 3


def test_no_word_sees_itself_or_a_later_one(model):
    z = torch.randn(1, 2)
    one, other = (model.decode(z, torch.tensor([row])) for row in ([3, 2, 3, 0], [3, 2, 2, 3]))
    assert torch.equal(one[:, :3], other[:, :3])
    assert not torch.equal(one[:, 3], other[:, 3])


def test_without_any_word_shown_the_code_alone_decides(model):
    z = torch.randn(1, 2)
    first, second = (model.decode(z, torch.tensor([row]), word_dropout=1.0) for row in ([3, 2, 3], [2, 3, 2]))
    assert torch.equal(first, second)
    states, _ = model.writer(model.embedding(torch.full((1, 3), WITHHELD)), model.to_state(z)[None])
    torch.testing.assert_close(first, model.to_logits(states))


def test_written_row_is_the_most_probable_word_after_each_of_its_own(model):
    z = torch.randn(20, 2)
    rows = model.write(z, 5)
    best = model.decode(z, rows).argmax(dim=-1)
    before_the_end = torch.cat([torch.ones(20, 1, dtype=torch.long), (rows != END).cumprod(dim=1)[:, :-1]], dim=1)
    assert torch.equal(rows * before_the_end, best * before_the_end)
    assert not (rows * (1 - before_the_end)).any()


def test_sampled_rows_have_the_models_probabilities(model):
    torch.manual_seed(0)
    rows = rows_up_to(2, 4)
    z = torch.randn(1, 2)
    p = words_log_prob(rows, model.decode(z.expand(len(rows), 2), rows)).exp()
    drawn = model.write(z.expand(20_000, 2), 2, sampled=True)
    share = (drawn[:, None] == rows).all(dim=-1).double().mean(dim=0)
    assert ((share - p).abs() < 4.5 * (p * (1 - p) / 20_000) ** 0.5 + 1e-9).all()


def test_bound_weighs_its_kl_and_reads_the_words_that_the_loop_hands_over(model):
    x = torch.tensor([[3, 2, 0], [1, 3, 3]], dtype=torch.uint8)
    scaled = x.float().div_(255)
    assert torch.equal(words_of(scaled), x.long())
    every = torch.arange(256, dtype=torch.float64)[None]
    assert torch.equal(words_of((every / 255).float()), every.long())
    # In double precision some of these products come out a little below their number.
    assert torch.equal(words_of(every * (1 / 255)), every.long())
    bound = sequence_elbo(model, scaled, beta=0.25)
    torch.testing.assert_close(bound.kl, kl_standard_normal(*model.encode(x.long())))
    torch.testing.assert_close(bound.value, bound.reconstruction - 0.25 * bound.kl)


@pytest.mark.parametrize("options", [{}, {"word_dropout": 1.0}])
def test_bound_is_the_log_probability_of_the_words_by_a_sample_of_their_code(model, options):
    words = torch.tensor([[3, 2, 0], [1, 3, 3]])
    torch.manual_seed(5)
    bound = sequence_elbo(model, words.float().div_(255), **options)
    torch.manual_seed(5)
    mu, log_var = model.encode(words)
    z = mu + torch.exp(0.5 * log_var) * torch.randn(2, 2)
    torch.testing.assert_close(bound.reconstruction, words_log_prob(words, model.decode(z, words, **options)))
    assert torch.equal(bound.weighted_kl, bound.kl)


def test_training_teaches_it_the_rows_it_is_shown():
    rows = torch.tensor([[2, 3, 4, 0], [5, 4, 0, 0]], dtype=torch.uint8).repeat(32, 1)
    torch.manual_seed(0)
    model = SequenceVAE(vocabulary=6, latent=2, embedding=8, hidden=16)
    history = train(model, rows, sequence_elbo, steps=150, batch_size=32, learning_rate=1e-2, seed=0, progress=False)
    # Two rows, equally frequent: no model does better than log 2.
    assert -0.9 < history.value[-20:].mean().item() < -0.65
    written = {tuple(row) for row in model.write(torch.randn(200, 2), 4, sampled=True).tolist()}
    assert {(2, 3, 4, 0), (5, 4, 0, 0)} <= written
