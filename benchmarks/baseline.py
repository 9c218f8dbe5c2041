"""Trains a VAE the way most people first see it in PyTorch, written afresh: the baseline for the book's loop.

Digits are PIL images that a `DataLoader` with one worker turns into tensors one by one; the decoder ends in a sigmoid,
the loss is summed cross entropy and KL, Adam is the default one, and `.item()` waits for the loss in every step. The
mathematics is the book's own. Nobody should copy this file.
"""

import numpy as np
import torch
from jaxtyping import UInt8
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset


class PilDigits(Dataset):
    """Digits as a folder of pictures would give them: an image each, turned into a tensor when it is asked for."""

    def __init__(self, images: UInt8[Tensor, "n 28 28"]):
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tensor:
        image = Image.fromarray(self.images[index].numpy(), mode="L")
        array = np.array(image, np.uint8, copy=True)
        return torch.from_numpy(array)[None].contiguous().to(torch.float32).div(255)


class CommonVAE(nn.Module):
    """784-400-20-400-784 with probabilities, not logits, at its end."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.mean = nn.Linear(400, 20)
        self.log_variance = nn.Linear(400, 20)
        self.back = nn.Linear(20, 400)
        self.out = nn.Linear(400, 784)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The reconstruction's probabilities, and the mean and log variance of the code."""
        h = functional.relu(self.hidden(x.view(-1, 784)))
        mean, log_variance = self.mean(h), self.log_variance(h)
        sigma = torch.exp(0.5 * log_variance)
        z = mean + torch.randn_like(sigma) * sigma
        return torch.sigmoid(self.out(functional.relu(self.back(z)))), mean, log_variance


def loss_of(x: Tensor, probabilities: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Cross entropy and KL summed over the batch, in nats."""
    cross_entropy = functional.binary_cross_entropy(probabilities, x.view(-1, 784), reduction="sum")
    kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    return cross_entropy + kl


class CommonTraining:
    """A model, its optimiser and its loader; `epoch()` takes one more pass over the digits."""

    def __init__(self, images: UInt8[Tensor, "n 28 28"], *, batch_size: int = 128, seed: int = 0):
        torch.manual_seed(seed)
        self.model = CommonVAE()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.loader = DataLoader(PilDigits(images), batch_size=batch_size, shuffle=True, num_workers=1)

    def epoch(self) -> float:
        """One pass over the digits; the mean training loss, in nats for a digit."""
        self.model.train()
        total = 0.0
        for x in self.loader:
            self.optimizer.zero_grad()
            loss = loss_of(x, *self.model(x))
            loss.backward()
            total += loss.item()
            self.optimizer.step()
        return total / len(self.loader.dataset)

    @torch.no_grad()
    def test_loss(self, images: UInt8[Tensor, "n 28 28"]) -> float:
        """The mean loss on digits not used for training, in nats."""
        self.model.eval()
        parts = [part.to(torch.float32).div(255) for part in images.split(1000)]
        return sum(loss_of(x, *self.model(x)).item() for x in parts) / len(images)
