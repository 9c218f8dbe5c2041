"""The pages with interactive figures in Firefox, by double click: another engine draws and decodes the same."""

from pathlib import Path

import pytest
import torch

from vae_lib import checkpoints
from vae_lib.widgets import REGISTRY

SITE = Path(__file__).parents[2] / "_build" / "html"
PAGES = [path for path in sorted(SITE.glob("book/*.html")) if "data-figure=" in path.read_text("utf-8")]
# A figure whose model was trained in the notebook needs its kernel; it keeps its picture and says so.
FIGURES = """() => [...document.querySelectorAll(".vae-figure")].map((el) => ({
  name: el.dataset.figure,
  frames: el.vaeFigure?.frames ?? 0,
  needsKernel: el.dataset.payload === "" && !!el.querySelector(".vae-still") && el.textContent.includes("notebook"),
}))"""
EXPLORER = '.vae-figure[data-figure="latent-explorer"]:not([data-payload=""])'
UNDRAWN = """() => [...document.querySelectorAll(".math")]
  .filter((math) => !math.querySelector("mjx-container svg")).map((math) => math.outerHTML.slice(0, 200))"""
FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SHOWN = f"""() => {{
  const el = document.querySelector('{EXPLORER}');
  const [plane, digit] = el.querySelectorAll("canvas");
  return {{ z: el.vaeFigure.z, pixels: [...el.vaeFigure.pixels()], picture: digit.toDataURL() }};
}}"""
ARROW_RIGHT, ARROW_UP = "\ue014", "\ue013"


def test_there_are_figures_to_look_at():
    assert PAGES, "there is no built book to look at: run `make book` first"


@pytest.fixture(scope="module")
def seen(firefox):
    """What was found on each page: its figures, equations that were not drawn, complaints, requests."""
    found = {}
    for path in PAGES:
        firefox.open(path.as_uri())
        found[path.stem] = [firefox.run(FIGURES), firefox.run(UNDRAWN), firefox.complaints(), firefox.requests()]
    return found


@pytest.mark.parametrize("page", [path.stem for path in PAGES])
def test_every_figure_of_the_page_comes_alive_and_nothing_is_complained_of(seen, page):
    figures, undrawn, complaints, requests = seen[page]
    assert figures
    assert [each for each in figures if not (each["frames"] >= 1 or each["needsKernel"])] == []
    assert undrawn == []
    assert complaints == []
    assert [each for each in requests if not each.startswith((SITE.as_uri(), "data:", "blob:"))] == []


def test_every_figure_was_seen_alive(seen):
    """The pages as one: a figure that only ever kept its picture would pass on each of them."""
    alive = {each["name"] for figures, *_ in seen.values() for each in figures if each["frames"] >= 1}
    assert alive == set(REGISTRY)


@pytest.fixture
def explorer(firefox):
    """The page whose explorer shows a shipped model, and that model."""
    for path in PAGES:
        firefox.open(path.as_uri())
        name = firefox.run(f"() => document.querySelector('{EXPLORER}')?.dataset.payload")
        if name:
            return checkpoints.load(name)
    pytest.fail("no page has a latent explorer of a shipped model")


def assert_digit_is_pytorchs(model, shown):
    with torch.no_grad():
        expected = model.decode(torch.tensor([shown["z"]])).sigmoid()[0]
    torch.testing.assert_close(torch.tensor(shown["pixels"]), expected, atol=2e-3, rtol=0)


def test_dragging_the_explorer_decodes_the_digit_that_pytorch_decodes(firefox, explorer):
    pad = f"""() => {{
      const pad = document.querySelector('{EXPLORER} .vae-pad');
      pad.scrollIntoView({{ block: "center" }});
      const {{ left, top, width, height }} = pad.getBoundingClientRect();
      return [left, top, width, height];
    }}"""
    left, top, width, height = firefox.run(pad)
    states = [firefox.run(SHOWN)]
    firefox.press_at(left + 0.5 * width, top + 0.5 * height)
    for across, down in ((0.7, 0.6), (0.3, 0.8), (0.45, 0.2)):
        firefox.move_to(left + across * width, top + down * height)
        firefox.run(FRAME)
        states.append(firefox.run(SHOWN))
        assert_digit_is_pytorchs(explorer, states[-1])
    firefox.let_go()
    assert len({tuple(state["z"]) for state in states}) == len({state["picture"] for state in states}) == 4
    assert firefox.complaints() == []


def test_arrow_keys_move_the_point(firefox, explorer):
    firefox.run(f"() => document.querySelector('{EXPLORER} .vae-pad').focus()")
    before = firefox.run(SHOWN)
    firefox.press(ARROW_RIGHT, ARROW_RIGHT, ARROW_UP)
    firefox.run(FRAME)
    after = firefox.run(SHOWN)
    right, up = (b - a for a, b in zip(before["z"], after["z"], strict=True))
    assert right == pytest.approx(2 * up)
    assert up > 0
    assert after["picture"] != before["picture"]
    assert_digit_is_pytorchs(explorer, after)


def test_firefox_would_complain(firefox, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text("<!doctype html><title>t</title><script>oops()</script>", "utf-8")
    firefox.open(page.as_uri())
    assert any("oops" in each for each in firefox.complaints())
    firefox.run("() => fetch('https://example.org/').catch(() => {})")
    assert "https://example.org/" in firefox.requests()
    assert any("https://example.org/" in each for each in firefox.complaints())
