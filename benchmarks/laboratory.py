"""Measures the laboratory's training in Chromium: steps and frames a second, and how soon a key is answered.

Once at full speed, and once with the processor slowed sixfold, about the speed of a cheap phone. Everything is drawn
meanwhile, and the state is that of the page itself: 196-64-2, batches of 64.
"""

import statistics
import tempfile
import time

from benchmarks.measuring import row
from benchmarks.pages import SITE, SLOWED, Browser

PAGE = SITE / "book" / "laboratory.html"
RUNS, SECONDS, KEYS = 3, 4, 12
STEPS = {1: 150, 6: 30}  # The least a second, by how many times the processor is slowed.
FRAMES = {1: 30, 6: 15}
ANSWER = 0.05  # Seconds.
# Two seconds to find its pace, then steps and frames for a while.
RATES = f"""
const [done] = arguments;
const {{ vaeFigure: lab }} = document.querySelector(".vae-figure[data-figure=laboratory]");
lab.play();
setTimeout(() => {{
  const [steps, frames, began] = [lab.steps, lab.frames, performance.now()];
  setTimeout(() => {{
    const seconds = (performance.now() - began) / 1000;
    done({{ steps: (lab.steps - steps) / seconds, frames: (lab.frames - frames) / seconds }});
  }}, {1000 * SECONDS});
}}, 2000);
"""
# From a key on the plane to the end of the frame in which the point has moved.
KEY = """
const [done] = arguments;
const pad = document.querySelector(".vae-figure[data-figure=laboratory] .vae-pad");
const before = pad.getAttribute("aria-valuetext");
const began = performance.now();
pad.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }));
const look = () => {
  if (pad.getAttribute("aria-valuetext") === before) requestAnimationFrame(look);
  else done((performance.now() - began) / 1000);
};
requestAnimationFrame(look);
"""


def measure() -> dict:
    """The medians over a few openings of the page, at both speeds."""
    if not PAGE.exists():
        raise SystemExit("There is no built book to look at: run `make book` first.")
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            data = {str(slowed): [_trained(browser, slowed) for _ in range(RUNS)] for slowed in SLOWED}
        finally:
            browser.quit()
    return {"rows": [line for slowed in SLOWED for line in _rows(data[str(slowed)], slowed)], "data": data}


def _trained(browser: Browser, slowed: int) -> dict:
    """One opening of the page: its rates while it trains, and the times of some keys."""
    browser.driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": slowed})
    browser.open(PAGE.as_uri())
    browser.run("document.querySelector('.vae-figure[data-figure=laboratory]').scrollIntoView()")
    rates = browser.wait_for(RATES)
    answers = []
    for _ in range(KEYS):
        answers.append(browser.wait_for(KEY))
        time.sleep(0.1)
    browser.driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
    return {**rates, "answers": answers}


def _rows(runs: list[dict], slowed: int) -> list[dict]:
    """The lines for one speed of the processor."""
    speed = "at full speed" if slowed == 1 else f"slowed {slowed} times"
    answers = [answer for run in runs for answer in run["answers"]]
    target = {"target": ANSWER} if slowed == 1 else {}
    return [
        row(f"steps a second, {speed}", [run["steps"] for run in runs], "", target=STEPS[slowed], at_least=True),
        row(f"frames a second, {speed}", [run["frames"] for run in runs], "", target=FRAMES[slowed], at_least=True),
        row(f"a key answered, {speed}, median", [statistics.median(run["answers"]) for run in runs], "s", **target),
        row(f"a key answered, {speed}, the slowest", [max(answers)], "s"),
    ]
