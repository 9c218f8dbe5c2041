"""A small classifier of digits, to read what a generative model writes."""

from jaxtyping import Float
from torch import Tensor, nn


class Classifier(nn.Module):
    """A convolutional classifier of 28 × 28 pixels: two strided convolutions and two dense layers.

    Source: LeCun et al. (1998), section II, much reduced.
    """

    def __init__(self, channels: tuple[int, int] = (16, 32), hidden: int = 32, classes: int = 10, dropout: float = 0.3):
        super().__init__()
        first, second = channels
        self.layers = nn.Sequential(
            nn.Unflatten(1, (1, 28, 28)),
            *(nn.Conv2d(1, first, 5, stride=2, padding=2), nn.ReLU()),  # 28 → 14
            *(nn.Conv2d(first, second, 3, stride=2, padding=1), nn.ReLU()),  # 14 → 7
            *(nn.Flatten(), nn.Dropout(dropout)),
            *(nn.Linear(49 * second, hidden), nn.ReLU()),
            nn.Linear(hidden, classes),
        )

    def forward(self, x: Float[Tensor, "batch 784"]) -> Float[Tensor, "batch classes"]:
        """The logit of each class: `.argmax(dim=-1)` is the digit that it reads, `.softmax(dim=-1)` how sure it is."""
        return self.layers(x)
