"""Stores results as files, and writes the page that shows them. It measures nothing."""

import datetime
import json
from pathlib import Path

from benchmarks.measuring import cores, load, machine

FOLDER = Path(__file__).parent / "results"
PAGE = Path(__file__).parent / "RESULTS.md"
TITLES = {
    "training": "Training: an epoch",
    "device": "Training on a GPU",
    "useful": "Time to a useful model",
    "likelihood": "Evaluation: the importance-weighted likelihood",
    "importing": "Import",
    "building": "The book: build",
    "chapters": "The book: all chapters executed",
    "pages": "The book: interactive pages",
    "laboratory": "The laboratory: training in the page",
    "growth": "Growth",
}
HEAD = """\
# Results

Written by `make bench`; each number is the median of its runs, in brackets their range. What is measured and how:
`README.md`.
"""


def store(name: str, result: dict) -> None:
    """Store a benchmark's rows and data, with the machine and the date."""
    FOLDER.mkdir(exist_ok=True)
    about = {"day": datetime.date.today().isoformat(), "load": round(load(), 2), "cores": cores()}
    kept = {**about, "machine": machine(), **result}
    (FOLDER / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def stored() -> dict[str, dict]:
    """The stored results, in the table's order."""
    paths = {name: FOLDER / f"{name}.json" for name in TITLES}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items() if path.exists()}


def page(results: dict[str, dict]) -> str:
    """The results as Markdown."""
    parts = [HEAD]
    for name, result in results.items():
        about = "; ".join(f"{key} {value}" for key, value in result["machine"].items())
        parts += [f"## {TITLES[name]}", f"{result['day']}; {about}.{_warning(result)}", "", *_lines(result["rows"])]
        parts += [f"\n![{plot['alt']}]({plot['file']})" for plot in result.get("plots", [])]
        parts.append("")
    return "\n".join(parts)


def write() -> None:
    """Write the page from the stored results."""
    PAGE.write_text(page(stored()), encoding="utf-8")


def verdict(row: dict) -> str:
    """Whether the target is met; empty if there is no target or nothing was measured."""
    if row["target"] is None or row["value"] is None:
        return ""
    met = row["value"] >= row["target"] if row["at_least"] else row["value"] <= row["target"]
    return "met" if met else "**missed**"


def _warning(result: dict) -> str:
    """A warning for times measured beside other work: more processes wanted a core than a benchmark starts."""
    if not result["load"] > result["cores"] + 1.5:
        return ""
    return f" **Busy: a load of {result['load']:g} on {result['cores']} cores. Measure again before you believe it.**"


def _lines(rows: list[dict]) -> list[str]:
    """The lines of one table."""
    lines = ["| | measured | target | | |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        sign = "≥" if row["at_least"] else "≤"
        target = "" if row["target"] is None else f"{sign} {number(row['target'], row['unit'])}"
        lines.append(f"| {row['what']} | {_measured(row)} | {target} | {verdict(row)} | {row['note']} |")
    return lines


def _measured(row: dict) -> str:
    """The median, and the range if there is one."""
    if row["value"] is None:
        return "not measured"
    shown = number(row["value"], row["unit"])
    ends = [number(row[end], row["unit"]) for end in ("low", "high")]
    return shown if ends[0] == ends[1] else f"{shown} ({ends[0]} to {ends[1]})"


def number(value: float, unit: str) -> str:
    """A value with three digits and its unit; seconds below one tenth as milliseconds, over two minutes as minutes."""
    if unit == "s" and abs(value) < 0.1:
        value, unit = 1000 * value, "ms"
    elif unit == "s" and value > 120:
        value, unit = value / 60, "min"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}".strip()
