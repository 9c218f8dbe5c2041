"""Draw a digit: a sheet to write on, the posterior of what is written, and the same handwriting as other digits.

It knows no training and no checkpoint.
"""

import math
from typing import Any

import numpy as np
import traitlets
from jaxtyping import Float
from torch import nn

from vae_lib.widgets.conditional import CLASSES, Unlabelled, pack_conditional, ten_digits, with_labels
from vae_lib.widgets.draw_a_digit.reading import Reading, read_picture
from vae_lib.widgets.draw_a_digit.strokes import CONSTANTS, render_strokes
from vae_lib.widgets.figure import InteractiveFigure
from vae_lib.widgets.stroke_examples import example_strokes
from vae_lib.widgets.traits import Array, PlanePoint

MOST_POINTS = CONSTANTS["most_points"]


class Strokes(traitlets.TraitType):
    """A drawing: strokes, each a line through points (x, y) of a square sheet, both from 0 to 1, y downwards."""

    info_text = f"strokes, each a list of points (x, y) from 0 to 1, at most {MOST_POINTS} points in all"
    default_value = ()

    def validate(self, obj: Any, value: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
        """The strokes as tuples of floats. Raises TypeError for what holds no numbers, ValueError for other points."""
        try:
            strokes = tuple(tuple(tuple(map(float, point)) for point in stroke) for stroke in value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"expected {self.name} to be {self.info_text}, got {str(value)[:80]}") from error
        points = [point for stroke in strokes for point in stroke]
        # NaN lies between no two numbers.
        if len(points) > MOST_POINTS or not all(len(p) == 2 and all(0 <= each <= 1 for each in p) for p in points):
            raise ValueError(f"expected {self.name} to be {self.info_text}, got {str(value)[:80]}")
        return tuple(stroke for stroke in strokes if stroke)


class DrawADigit(InteractiveFigure):
    """Draw a digit, see which the model reads and where its code lies, and have it redrawn as other digits.

    `model` is a dense conditional VAE with two latents, such as `models.DenseCVAE`; or a plain `models.VAE(latent=2)`,
    which reads no label and redraws the drawing as it is. Read and set `strokes` (lists of
    points (x, y), both from 0 to 1, y downwards), `read_as` (the digit the encoder is told; None for the most
    plausible), `redraw_as` (the digit that is written; None for the one that was read) and `epsilon`, the noise in
    z = μ + σ ⊙ ε. What follows from them can be read: `image`, `label`, `mu`, `log_var`, `z`, `elbos`.

    Raises TypeError or ValueError for a model it cannot show, and says which it can.
    Shown in: style_and_digit, one_sitting.
    """

    figure = "draw-a-digit"

    strokes = Strokes(help="What is drawn.").tag(sync=True)
    read_as = traitlets.Int(None, allow_none=True, min=0, max=CLASSES - 1).tag(sync=True)
    redraw_as = traitlets.Int(None, allow_none=True, min=0, max=CLASSES - 1).tag(sync=True)
    epsilon = PlanePoint(help="The noise: z = mu + sigma * epsilon.").tag(sync=True)

    def __init__(
        self,
        model: nn.Module,
        *,
        strokes: Any = None,
        read_as: int | None = None,
        redraw_as: int | None = None,
        epsilon: Array = (0.0, 0.0),
    ):
        likelihood = getattr(model, "likelihood", "bernoulli")
        if likelihood != "bernoulli":
            raise ValueError(
                f"the figure prices a drawing by Bernoulli pixels; came a model of likelihood={likelihood!r}"
            )
        # Packed once: the figure keeps showing the weights it was made with while training goes on.
        self._model = with_labels(model)
        self._payload = pack_conditional(self._model)
        self._read: tuple[Any, Reading] | None = None
        super().__init__(
            strokes=example_strokes(3) if strokes is None else strokes,
            read_as=read_as,
            redraw_as=redraw_as,
            epsilon=epsilon,
            payload_name=getattr(getattr(model, "card", None), "name", ""),
        )

    def __repr__(self) -> str:
        return f"DrawADigit({self.payload_name or 'model'}, {len(self.strokes)} strokes, label={self.label})"

    @property
    def image(self) -> Float[np.ndarray, "28 28"]:
        """The drawing as the encoder sees it, scaled and centred as MNIST's digits are, 0 for paper and 1 for ink."""
        return render_strokes(self.strokes)

    @property
    def elbos(self) -> Float[np.ndarray, " classes"] | None:
        """The ELBO of the drawing read as each digit, in nats; None for an empty sheet, as everything below.

        There is one for a model that is told no label.
        """
        reading = self._reading()
        return None if reading is None else reading.value.numpy()

    @property
    def label(self) -> int | None:
        """The digit it is read as: the one asked for, or the one with the largest ELBO; None without labels."""
        elbos = self.elbos
        if elbos is None or self._unlabelled:
            return None
        return int(elbos.argmax()) if self.read_as is None else self.read_as

    @property
    def _unlabelled(self) -> bool:
        return isinstance(self._model, Unlabelled)

    @property
    def mu(self) -> tuple[float, float] | None:
        """The mean of q(z|x, y)."""
        return self._of_label("mu")

    @property
    def log_var(self) -> tuple[float, float] | None:
        """The log variance of q(z|x, y)."""
        return self._of_label("log_var")

    @property
    def z(self) -> tuple[float, float] | None:
        """The code: μ + σ ⊙ ε. Setting it sets ε."""
        if self.mu is None:
            return None
        return tuple(m + math.exp(0.5 * v) * e for m, v, e in zip(self.mu, self.log_var, self.epsilon, strict=True))

    @z.setter
    def z(self, value: Array) -> None:
        if self.mu is None:
            raise ValueError("expected a drawing before a code, got an empty sheet: set strokes first")
        self.epsilon = [
            (float(at) - m) * math.exp(-0.5 * v) for at, m, v in zip(value, self.mu, self.log_var, strict=True)
        ]

    def payload(self) -> tuple[dict, bytes]:
        """The networks, the held-out digits' codes and terms, and the examples, as `conditional` lays them out."""
        return self._payload

    def state(self) -> dict[str, Any]:
        """What is drawn, how it is read, and the noise."""
        strokes = [[list(point) for point in stroke] for stroke in self.strokes]
        return {
            "strokes": strokes,
            "read_as": self.read_as,
            "redraw_as": self.redraw_as,
            "epsilon": list(self.epsilon),
        }

    def alt_text(self) -> str:
        """The still picture in words."""
        if self.mu is None:
            return "An empty sheet to draw a digit on."
        (m1, m2), shown = self.mu, self._shown()
        if self._unlabelled:
            return (
                "A drawing, beside it the latent plane with the posterior's ellipse around "
                f"({m1:.2f}, {m2:.2f}), and the picture that the code decodes to."
            )
        return (
            f"A drawing that the model reads as a {self.label}, beside it the latent plane with the posterior's "
            f"ellipse around ({m1:.2f}, {m2:.2f}) and the code redrawn as a {shown}; below it as every digit."
        )

    def still(self) -> bytes:
        """The drawing, its posterior and the ten digits, as a PNG of at most 40 kB."""
        # Imported here: a kernel that shows the live figure elsewhere need not have drawn with matplotlib before.
        from vae_lib.widgets.draw_a_digit.still import draw_drawing

        if self.mu is None:
            return draw_drawing(self.image, None, label=None, q=None, z=None, shown=None)
        q = (np.array(self.mu), np.exp(0.5 * np.array(self.log_var)))
        ten = ten_digits(self._model, self.z)
        return draw_drawing(self.image, ten, label=self.label, q=q, z=self.z, shown=self._shown())

    def _shown(self) -> int | None:
        return self.label if self.redraw_as is None else self.redraw_as

    def _reading(self) -> Reading | None:
        """What the model makes of the drawing, computed once for each."""
        if not self.strokes:
            return None
        if self._read is None or self._read[0] != self.strokes:
            self._read = (self.strokes, read_picture(self._model, self.image))
        return self._read[1]

    def _of_label(self, name: str) -> tuple[float, float] | None:
        reading = self._reading()
        return None if reading is None else tuple(getattr(reading, name)[self.label or 0].tolist())
