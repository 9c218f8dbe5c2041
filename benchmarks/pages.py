"""Measures every page with an interactive figure in Chromium: first picture, frame rate while dragged, weight.

Once at full speed, and once with the processor slowed sixfold, about the speed of a cheap phone.
"""

import statistics
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from benchmarks.measuring import row

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"
sys.path.insert(0, str(ROOT / "tests" / "support"))

from browser import Browser  # noqa: E402

SLOWED = (1, 6)
OPENINGS = 3
MOVES = 60
FIRST_PAINT, FRAME, FRAMES = 0.5, 0.004, 30  # seconds, seconds, frames a second: the targets
# Written down at the first frame after which every figure of the page has painted.
WATCH = """
const watch = () => {
  const figures = [...document.querySelectorAll(".vae-figure")];
  if (figures.length && figures.every((el) => el.vaeFigure?.frames >= 1)) window.allPaintedAt = performance.now();
  else requestAnimationFrame(watch);
};
requestAnimationFrame(watch);
"""
# Moves every slider and pad of one figure by one step per frame, and returns the times between frames.
MOVE = f"""
const [number, done] = arguments;
const figure = document.querySelectorAll(".vae-figure")[number];
figure.scrollIntoView({{ block: "center" }});
const pads = [...figure.querySelectorAll(".vae-pad")];
const sliders = [...figure.querySelectorAll("input[type=range]")];
const step = (frame) => {{
  const key = ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown"][Math.floor(frame / 8) % 4];
  for (const pad of pads) pad.dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true, cancelable: true }}));
  for (const slider of sliders) {{
    const [min, max] = [Number(slider.min), Number(slider.max)];
    slider.value = min + (max - min) * (0.5 + 0.4 * Math.sin(frame / 10));
    slider.dispatchEvent(new Event("input", {{ bubbles: true }}));
  }}
}};
const times = [];
const painted = figure.vaeFigure.frames;
const next = (now) => {{
  times.push(now);
  if (times.length > {MOVES}) {{
    const between = times.slice(1).map((time, k) => time - times[k]);
    done({{ between, painted: figure.vaeFigure.frames - painted, decode: figure.vaeFigure.decodeMs?.slice(-{MOVES}) }});
    return;
  }}
  step(times.length);
  requestAnimationFrame(next);
}};
requestAnimationFrame(next);
"""
FIGURES = "return [...document.querySelectorAll('.vae-figure')].map((el) => Boolean(el.vaeFigure?.frames))"


def measure() -> dict:
    """The medians over all interactive pages, and the worst page in every respect."""
    if not (SITE / "index.html").exists():
        raise SystemExit("There is no built book to look at: run `make book` first.")
    found = sorted(SITE.glob("book/*.html"))
    pages = [path for path in found if BeautifulSoup(path.read_text("utf-8"), "html.parser").find(class_="vae-figure")]
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            data = {path.stem: _page(browser, path) for path in pages}
        finally:
            browser.quit()
    rows = [row("interactive pages", [len(data)], "")]
    for slowed in SLOWED:
        rows += _rows({name: page[f"slowed {slowed}"] for name, page in data.items()}, slowed)
    weights = {name: page["bytes"] / 1e6 for name, page in data.items()}
    heaviest = max(weights, key=weights.get)
    note = f"uncompressed, with every script, style and picture; heaviest `{heaviest}`"
    rows.append(row("all that a page loads", list(weights.values()), "MB", note=note))
    return {"rows": rows, "data": data}


def _rows(pages: dict[str, dict], slowed: int) -> list[dict]:
    """The lines for one speed of the processor: the median of all pages or figures, and the worst of them."""
    speed = "at full speed" if slowed == 1 else f"slowed {slowed} times"
    figures = {f"{name}, {k}": each for name, page in pages.items() for k, each in page["figures"].items()}

    def of(what: str) -> dict[str, float]:
        return {name: each[what] for name, each in figures.items() if each[what] is not None}

    paint, frame = ({"target": target} if slowed == 1 else {} for target in (FIRST_PAINT, FRAME))
    return [
        *_median_and_worst(
            f"first picture, {speed}", {name: page["first paint"] for name, page in pages.items()}, **paint
        ),
        *_median_and_worst(f"our script for a frame, {speed}", of("script"), **frame),
        *_median_and_worst(f"script, layout and painting of a frame, {speed}", of("work")),
        *_median_and_worst(f"frames a second, {speed}", of("rate"), unit="", target=FRAMES, at_least=True),
        row(f"a digit decoded, {speed}", list(of("decode").values()), "s"),
    ]


def _median_and_worst(what: str, values: dict[str, float], unit: str = "s", **target) -> list[dict]:
    """Two rows: the median over the pages or figures with their range, and the worst, which is named."""
    worst = (min if target.get("at_least") else max)(values, key=values.get)
    return [
        row(f"{what}, median", list(values.values()), unit, **target),
        row(f"{what}, the worst", [values[worst]], unit, note=f"`{worst}`", **target),
    ]


def _page(browser: Browser, path: Path) -> dict:
    """All measurements of one page."""
    watch = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    page: dict = {}
    for slowed in SLOWED:
        browser.driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": slowed})
        paints = []
        for _ in range(OPENINGS):
            browser.open(path.as_uri())
            loaded = browser.requests()
            paints.append(browser.run("return window.allPaintedAt ?? null"))
        alive = browser.run(FIGURES)
        figures = {str(k): _moved(browser, k) for k, lives in enumerate(alive) if lives}
        seen = [paint / 1000 for paint in paints if paint is not None]
        page[f"slowed {slowed}"] = {"first paint": statistics.median(seen), "figures": figures}
        page["bytes"] = sum(_size(address) for address in set(loaded) | {path.as_uri()})
    browser.driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
    browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", watch)
    return page


def _moved(browser: Browser, number: int) -> dict:
    """Frames a second of a figure while everything in it moves, and the main thread's work for each frame."""
    browser.driver.execute_cdp_cmd("Performance.enable", {})
    before = _busy(browser)
    result = browser.wait_for(MOVE, number)
    script, work = ((now - then) / len(result["between"]) for now, then in zip(_busy(browser), before, strict=True))
    decode = statistics.median(result["decode"]) / 1000 if result["decode"] else None
    rate = 1000 * len(result["between"]) / sum(result["between"])
    return {"rate": rate, "script": script, "work": work, "painted": result["painted"], "decode": decode}


def _busy(browser: Browser) -> tuple[float, float]:
    """Seconds that the page's main thread has run scripts, and has been busy at all, so far."""
    metrics = browser.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    named = {metric["name"]: metric["value"] for metric in metrics}
    return named["ScriptDuration"], named["TaskDuration"]


def _size(address: str) -> int:
    """Bytes of the file at the address; data: addresses are already counted with the page."""
    path = Path(unquote(urlsplit(address).path))
    return path.stat().st_size if address.startswith("file:") and path.is_file() else 0
