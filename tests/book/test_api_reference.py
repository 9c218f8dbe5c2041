"""The reference pages: they name all that the library offers, and lead from each function to its chapters."""

import importlib
import inspect
import re
import types

import pytest
from contents import ROOT, parsed

from vae_lib.widgets import FIGURES

KINDS = (type, types.FunctionType)
PAGES = sorted((ROOT / "book" / "api").glob("*.md"))


def public(module):
    """The functions and classes a reader may use: those in __all__, else those written there."""
    members = vars(module).items()
    own = {name for name, each in members if getattr(each, "__module__", None) == module.__name__}
    names = getattr(module, "__all__", [name for name in own if name[0] != "_"])
    return {name for name in names if isinstance(getattr(module, name), KINDS)}


def entries(page):
    """The elements below each name on a page, without those of its members' entries."""
    found = {}
    for name in parsed(f"book/api/{page.stem}").select("dt.sig[id]"):
        below = name.find_next_sibling("dd").find_all(True)
        found[name["id"].rpartition(".")[2]] = [each for each in below if each.find_parent("dl") is name.parent]
    return found


def chapters_linked(entry):
    """The chapters to which an entry leads."""
    addresses = [each.get("href", "") for each in entry if each.name == "a"]
    return {found[1] for address in addresses if (found := re.match(r"\.\./(\w+)\.html", address))}


def test_every_room_of_the_library_has_its_page():
    rooms = {path.stem for path in (ROOT / "vae_lib").iterdir() if path.stem[0] not in "_."}
    assert {page.stem for page in PAGES} == rooms


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_describes_all_that_its_room_offers(page):
    module = importlib.import_module(f"vae_lib.{page.stem}")
    assert public(module) - set(entries(page)) == set()


def test_function_leads_to_the_chapters_that_show_it():
    entry = entries(ROOT / "book" / "api" / "distributions.md")["kl_standard_normal"]
    (shown,) = [each for each in entry if each.name == "p" and "Shown in:" in each.get_text()]
    assert "kl_divergence" in chapters_linked(shown.find_all("a"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_chapters_import_leads_to_chapters(page):
    """To the one that writes it out and those that its docstring names, or else to the first that use it."""
    found = entries(page)
    code = "".join(path.read_text("utf-8") for path in (ROOT / "book").glob("*.ipynb"))
    for name in public(importlib.import_module(f"vae_lib.{page.stem}")):
        if re.search(rf'"from vae_lib[\w.]* import [^"]*\b{name}\b', code):
            assert chapters_linked(found[name]), name


def test_chapter_that_a_docstring_names_as_its_users_uses_it():
    for page in PAGES:
        module = importlib.import_module(f"vae_lib.{page.stem}")
        for name in public(module):
            found = re.search(r"Used in: ([\w, ]+)\.", inspect.getdoc(getattr(module, name)) or "")
            for chapter in found[1].split(", ") if found else []:
                text = (ROOT / "book" / f"{chapter}.ipynb").read_text("utf-8")
                assert re.search(rf"\b{name}\b", text), (name, chapter)


def test_call_of_a_model_is_described_where_there_is_one():
    calls = [name["id"] for name in parsed("book/api/models").select("dt.sig[id$='.forward']")]
    assert {each.split(".")[-2] for each in calls} == {"Classifier", "Discriminator", "Generator"}


def test_no_docstring_shows_its_markup():
    for page in PAGES:
        texts = parsed(f"book/api/{page.stem}").find("article").find_all(string=re.compile("`"))
        assert [text for text in texts if not text.find_parent("code")] == [], page


def test_table_of_figures_names_each_and_leads_where_it_stands():
    rows = (ROOT / "book" / "interactive_figures.md").read_text("utf-8").splitlines()
    listed = {re.match(r"\| `(\w+)`", row)[1]: set(re.findall(r"\]\((\w+)\)", row)) for row in rows if row[:3] == "| `"}
    standing = {each.__name__: set() for each in FIGURES.values()}
    # The chapters, and the one page that is all about a figure.
    for page in [*(ROOT / "book").glob("*.ipynb"), ROOT / "book" / "laboratory.md"]:
        for figure in parsed(f"book/{page.stem}").select("[data-figure]"):
            standing[FIGURES[figure["data-figure"]].__name__].add(page.stem)
    assert listed == standing
