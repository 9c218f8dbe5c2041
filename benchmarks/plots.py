"""Plots cost against size, for pictures beside the table. It measures nothing."""

import math
from pathlib import Path

import matplotlib.pyplot as plt

from vae_lib import figures

FOLDER = Path(__file__).parent / "results"


def growth(
    name: str, curves: dict[str, dict[float, float]], cost: str | tuple[str, ...], title: str, *, log: bool = True
) -> dict:
    """Draw one panel for each curve, cost over size, and return what the table needs to show the picture.

    `cost` names the unit of all curves, or of each.
    """
    figures.use_style()
    figure, axes = plt.subplots(1, len(curves), figsize=(3.1 * len(curves), 2.6), squeeze=False)
    said = []
    units = [cost] * len(curves) if isinstance(cost, str) else cost
    for ax, (label, curve), unit in zip(axes[0], curves.items(), units, strict=True):
        sizes, costs = list(curve), list(curve.values())
        ax.plot(sizes, costs, "o-", color=figures.BLUE)
        ax.set(xlabel=label, ylabel=unit)
        if log:
            _logarithmic(ax, sizes, costs)
        else:
            ax.set_ylim(bottom=0)
        said.append(f"{label}: from {costs[0]:.3g} at {sizes[0]:,} to {costs[-1]:.3g} at {sizes[-1]:,}")
    FOLDER.mkdir(exist_ok=True)
    figure.savefig(FOLDER / f"{name}.png", dpi=100)
    plt.close(figure)
    return {"file": f"results/{name}.png", "alt": f"{title}. {'; '.join(said)}."}


def _logarithmic(ax, sizes: list[float], costs: list[float]) -> None:
    """Make both axes logarithmic, labelled in plain numbers: every second measured size, and round costs."""
    ax.set(xscale="log", yscale="log", ylim=(0.8 * min(costs), 1.25 * max(costs)))
    shown = sizes[:: -(-len(sizes) // 4)]
    ax.set_xticks(shown, [f"{size:,}" for size in shown])
    powers = range(math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs))) + 1)
    rounds = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    low, high = ax.get_ylim()
    ticks = [cost for cost in rounds if low <= cost <= high]
    ax.set_yticks(ticks, [f"{cost:g}" for cost in ticks])
    ax.minorticks_off()


def exponent(curve: dict[float, float]) -> float:
    """The slope of the straight line through the curve in logarithms: 1 is linear growth."""
    x, y = [math.log(size) for size in curve], [math.log(cost) for cost in curve.values()]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    products = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return products / sum((a - mean_x) ** 2 for a in x)
