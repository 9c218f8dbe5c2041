"""What `import vae_lib` and each of its rooms add to `import torch`, each in a fresh process."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import row

ROUNDS = 7
TARGET = 0.050
ROOMS = ("", *(f".{room}" for room in ("distributions", "models", "objectives", "training", "evaluation", "data")))
# The time of each import, in order, without what earlier ones had already loaded.
PROCESS = """
import json, sys, time
taken = {}
for name in json.loads(sys.argv[1]):
    start = time.perf_counter()
    __import__(name)
    taken[name] = time.perf_counter() - start
print(json.dumps(taken))
"""


def measure() -> dict:
    """Seconds for torch, for vae_lib after it, and for all the rooms that a training needs."""
    names = ["torch", *(f"vae_lib{room}" for room in ROOMS)]
    runs = [_times(names) for _ in range(ROUNDS)]
    alone = [_times(["torch", "vae_lib"])["vae_lib"] for _ in range(ROUNDS)]
    together = [sum(run.values()) - run["torch"] for run in runs]
    note = ", ".join(f"{room[1:]} {1000 * _median(runs, f'vae_lib{room}'):.0f}" for room in ROOMS[1:])
    return {
        "rows": [
            row("`import torch`", [run["torch"] for run in runs], "s"),
            row("`import vae_lib` after it", alone, "s", target=TARGET),
            row("all rooms that a training needs, after torch", together, "s", target=TARGET, note=f"in ms: {note}"),
        ],
        "data": runs,
    }


def _times(names: list[str]) -> dict[str, float]:
    """Seconds for each import, in a fresh process."""
    command = [sys.executable, "-c", PROCESS, json.dumps(names)]
    root = Path(__file__).parent.parent
    return json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)


def _median(runs: list[dict[str, float]], name: str) -> float:
    return sorted(run[name] for run in runs)[len(runs) // 2]
