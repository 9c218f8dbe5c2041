"""Measures times, their medians and spreads, and describes the machine. It does not know what it times."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, its median and range over the runs, and the target, if there is one.

    `value` None stands for "not measured"; `note` says why, or explains the distance to a target.
    """

    what: str
    value: float | None
    unit: str
    low: float | None = None
    high: float | None = None
    target: float | None = None
    at_least: bool = False  # the target is a floor and not a ceiling
    note: str = ""


def row(what: str, values: Sequence[float], unit: str, **rest) -> dict:
    """A row as plain data, with the median and range of `values`; without values, a row that was not measured."""
    if not values:
        return asdict(Row(what, None, unit, **rest))
    return asdict(Row(what, statistics.median(values), unit, min(values), max(values), **rest))


def ratios(values: Sequence[float], base: Sequence[float]) -> list[float]:
    """Paired ratios: each run over the run of the base in the same round, so that what slows both cancels."""
    return [value / other for value, other in zip(values, base, strict=True)]


def alternating(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each contestant in each round, in which all run once, in turn; the first round is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for taken in range(rounds + 1):
        for name, run in contestants.items():
            elapsed = timed(run)
            if taken:
                seconds[name].append(elapsed)
    return seconds


def timed(run: Callable[[], object]) -> float:
    """Seconds that `run` takes, including the work it leaves in a GPU's queue."""
    wait()
    start = time.perf_counter()
    run()
    wait()
    return time.perf_counter() - start


def wait() -> None:
    """Wait until the GPU, if there is one, has finished its queue."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> dict[str, str]:
    """What the numbers depend on."""
    if torch.cuda.is_available():
        gpu = torch.cuda.get_device_name()
    else:
        gpu = "MPS" if torch.backends.mps.is_available() else "none"
    return {
        "processor": f"{_processor()}, {cores()} cores",
        "memory": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "gpu": gpu,
        "python": platform.python_version(),
        "torch": f"{torch.__version__}, {torch.backends.cpu.get_cpu_capability()}",
    }


def load() -> float:
    """How many processes, including ours, wanted a core during the last minute, where the system says so."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def _processor() -> str:
    """The processor's own name, with the numbers that identify its generation."""
    described = Path("/proc/cpuinfo")
    if not described.exists():
        return platform.processor() or platform.machine()
    lines = dict(line.split(":", 1) for line in described.read_text().split("\n\n")[0].splitlines() if ":" in line)
    fields = {key.strip(): value.strip() for key, value in lines.items()}
    if "model name" not in fields:
        return platform.machine()
    return f"{fields['model name']} (family {fields.get('cpu family')}, model {fields.get('model')})"


def _memory() -> str:
    """Main memory, where the system says how much."""
    try:
        return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"
    except (AttributeError, ValueError, OSError):
        return "unknown"
