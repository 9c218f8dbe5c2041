"""The built pages where something is missing: scripts switched off, a file not found, half a file."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import Server
from contents import FIRST, SITE, WRITTEN, parsed

from vae_lib.widgets import FIGURES

# Nothing here is about equations, and pages are quicker without what draws them.
MATHJAX = "_static/mathjax/tex-svg.js"
STATE = """
const figure = [...document.querySelectorAll(".vae-figure")].filter((el) => el.dataset.figure === arguments[0])[0];
const still = figure.querySelector(".vae-still");
const note = figure.querySelector(".vae-fallback");
return {
  alive: figure.vaeFigure?.frames >= 1,
  still: Boolean(still?.complete && still.naturalWidth > 0 && still.getBoundingClientRect().height > 50),
  says: note?.textContent ?? "",
  role: note?.getAttribute("role") ?? "",
  dead: [...document.querySelectorAll(".vae-figure")].filter((el) => !(el.vaeFigure?.frames >= 1)).length,
};
"""
WITHOUT_SCRIPTS = """
const seen = (el) => el.getClientRects().length > 0 && getComputedStyle(el).visibility === "visible";
const article = document.querySelector("article");
return {
  scripts: document.querySelectorAll("mjx-container, .vae-live").length,
  figures: document.querySelectorAll(".vae-figure").length,
  stills: [...document.querySelectorAll(".vae-figure > .vae-still")]
    .filter((img) => seen(img) && img.naturalWidth > 0 && img.alt.length > 20).length,
  notes: [...document.querySelectorAll(".vae-figure > .vae-fallback")]
    .filter((note) => seen(note) && note.textContent.includes("JavaScript")).length,
  hidden: [...article.querySelectorAll("p, pre, img, div.math, table, .solution, .proof")]
    .filter((el) => !seen(el) && !el.closest("details")).map((el) => el.outerHTML.slice(0, 120)),
  equations: [...article.querySelectorAll(".math")].every((math) => /\\\\[([]/.test(math.textContent)),
  words: article.innerText.split(/\\s+/).length,
};
"""


def figures_on(document):
    """The figures of a page, as the attributes of their elements with the address of their still picture."""
    figures = parsed(document).select(".vae-figure")
    return [{**figure.attrs, "still": figure.select_one(".vae-still")["src"]} for figure in figures]


@pytest.fixture(scope="module", autouse=True)
def built():
    if not (SITE / "index.html").exists():
        pytest.fail("there is no built book to look at: run `make book` first")


@pytest.fixture(scope="module")
def server(browser):
    # Else the browser shows what it had before the file was missing.
    browser.driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
    server = Server(SITE)
    yield server
    server.quit()


@pytest.fixture
def state(browser, server):
    """Opens a page where these files are missing, or come by half; how its first figure of that name is."""

    def opened(document, figure, *, missing=(), halved=()):
        server.missing, server.halved = {MATHJAX, *missing}, set(halved)
        browser.open(f"{server.address}/{document}.html")
        return browser.run(STATE, figure)

    return opened


def page_of(figure):
    """The first page of the book that shows the figure first of its kind with a life of its own, and its element."""
    for document in WRITTEN:
        for each in figures_on(document):
            if each["data-figure"] == figure:
                return document, each
    raise AssertionError(f"no page shows {figure}")


@pytest.mark.parametrize("figure", sorted(FIGURES))
def test_figure_without_one_of_its_files_says_so_and_keeps_its_picture(state, figure):
    document, element = page_of(figure)
    whole = state(document, figure)
    assert whole["alive"], "the page is broken as it is"
    script, name = f"_static/figures/{figure}.js", element["data-payload"]
    weights = f"_static/figures/payload-{name}.js"
    faults = {script: f"the file {figure}.js did not load"}
    if name:
        faults[weights] = f"the file payload-{name}.js with its weights did not load"
    for file, sentence in faults.items():
        assert (SITE / file).is_file()
        came = state(document, figure, missing=[file])
        assert not came["alive"], file
        assert came["still"], file
        assert came["says"] == f"This figure cannot be shown: {sentence}.", file
        assert came["role"] == "alert", file
    picture = f"_images/{Path(urlsplit(element['still']).path).name}"
    assert (SITE / picture).is_file()
    assert state(document, figure, missing=[picture]) == whole, "a live figure needs no picture"


@pytest.mark.parametrize("half", ["script", "weights"])
def test_figure_of_which_half_a_file_came_says_so_and_keeps_its_picture(state, half):
    document, element = page_of("latent-explorer")
    name = element["data-payload"]
    file = f"figures/payload-{name}.js" if half == "weights" else "figures/latent-explorer.js"
    came = state(document, "latent-explorer", halved=[f"_static/{file}"])
    assert not came["alive"]
    assert came["still"]
    assert came["says"].startswith(f"This figure cannot be shown: the file {Path(file).name}")


@pytest.mark.parametrize("file", ["_static/book.js", "_static/book.css", MATHJAX])
def test_figures_come_alive_without_what_is_not_theirs(state, file):
    came = state(FIRST, "latent-explorer", missing=[file])
    assert came["alive"]
    assert came["dead"] == 0


def test_a_page_without_the_themes_files_keeps_its_figures(state):
    """Every script and style of the theme, one by one."""
    text = (SITE / f"{FIRST}.html").read_text("utf-8")
    files = {path.relative_to(SITE).as_posix() for path in (SITE / "_static").rglob("*")
             if path.suffix in {".js", ".css"} and path.name in text and "figures" not in path.parts}  # fmt: skip
    assert len(files) > 5
    for file in sorted(files):
        assert state(FIRST, "latent-explorer", missing=[file])["alive"], file


@pytest.fixture(scope="module")
def scriptless(browser):
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    yield browser
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("document", WRITTEN)
def test_page_without_scripts_shows_its_words_pictures_and_equations(scriptless, document):
    scriptless.driver.get((SITE / f"{document}.html").as_uri())
    came = scriptless.run(WITHOUT_SCRIPTS)
    assert came["scripts"] == 0, "scripts were not switched off"
    assert came["figures"] == came["stills"] == came["notes"] == len(figures_on(document))
    assert came["hidden"] == []
    assert came["equations"]
    assert came["words"] > 50
