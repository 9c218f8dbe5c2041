"""One evening and what lies behind it: the order of the chapters, what each needs, and the line that says so."""

import re

import course
import pytest
from chapters import BOOK, LESSONS, Chapter
from nbformat.v4 import new_markdown_cell, new_notebook
from reading_time import LINE, body_of

EVENING = course.stations()
MOST_STATIONS, MOST_MINUTES = 8, 90
MOST_WORDS, MOST_LINES, MOST_FORMULAS = 1_100, 90, 8
IN_ORDER = course.lessons()
INTRO = (BOOK / "intro.md").read_text(encoding="utf-8")


@pytest.fixture(params=EVENING)
def station(request):
    return Chapter(BOOK / f"{request.param}.ipynb")


def test_every_lesson_says_what_it_needs_and_what_its_claims_rest_on():
    said = {path.stem for path in (BOOK / "chapters").glob("*.yml")}
    assert said == {path.stem for path in LESSONS}


def test_a_chapter_needs_only_chapters_that_come_before_it(lesson):
    before = IN_ORDER[: IN_ORDER.index(lesson.name)]
    needs = course.about(lesson.name)["needs"]
    assert [each for each in needs if each not in before] == []
    assert len(needs) == len(set(needs))


def test_a_station_needs_only_stations_before_it(station):
    assert set(course.all_needs(station.name)) <= set(EVENING[: EVENING.index(station.name)])


def test_line_below_the_title_is_the_one_that_is_computed(lesson):
    lines = LINE.findall(lesson.cells[0].source)
    assert lines == [course.line(lesson.name, lesson.notebook)], "run `python book/execute.py --lines book/*.ipynb`"
    assert lesson.cells[0].source.split("\n\n")[1] == lines[0]


class TestLine:
    @pytest.fixture(autouse=True)
    def small_book(self, monkeypatch):
        """Two stations and two chapters behind them."""
        needs = {"a": [], "b": ["a"], "c": ["a", "b"], "d": ["a", "c"]}
        contents = {"Start here": ["s"], "One evening": ["a", "b"], "In depth: more": ["c", "d"], "Reference": []}
        monkeypatch.setattr(course, "parts", lambda: contents)
        monkeypatch.setattr(course, "about", lambda name: {"needs": needs.get(name, [])})
        monkeypatch.setattr(course, "title", str.upper)

    @pytest.mark.parametrize(
        ("name", "line"),
        [
            ("s", "*Start here · 1 minutes · needs no other chapter*"),
            ("a", "*One evening, station 1 of 2 · 1 minutes · needs no other chapter*"),
            ("b", "*One evening, station 2 of 2 · 1 minutes · needs [A](a)*"),
            ("c", "*In depth · 1 minutes · needs [the evening](intro)*"),
            ("d", "*In depth · 1 minutes · needs [the evening](intro), [C](c)*"),
        ],
    )
    def test_place_minutes_and_needs(self, name, line):
        assert course.line(name, new_notebook(cells=[new_markdown_cell("# Title\n\nWords.")])) == line

    @pytest.mark.parametrize(
        "rest", ["", "\n\nWords.\n\n## More", "\n\n*In depth · 99 minutes · needs [X](x)*\n\nWords."]
    )
    def test_it_is_written_below_the_title_once_and_changes_nothing_else(self, rest):
        notebook = new_notebook(cells=[new_markdown_cell(f"# Title{rest}")])
        course.write_line("a", notebook)
        once = notebook.cells[0].source
        course.write_line("a", notebook)
        assert notebook.cells[0].source == once
        title, line, *others = once.split("\n\n")
        assert (title, LINE.fullmatch(line) is None) == ("# Title", False)
        assert others == [each for each in rest.split("\n\n")[1:] if "99" not in each]


class TestEvening:
    def test_it_is_one_evening(self):
        minutes = {name: course.minutes(name) for name in EVENING}
        assert len(EVENING) <= MOST_STATIONS
        assert sum(minutes.values()) <= MOST_MINUTES, minutes

    def test_a_station_is_short(self, station):
        body = body_of(station.notebook)
        assert body.words <= MOST_WORDS
        assert body.lines <= MOST_LINES
        assert body.formulas <= MOST_FORMULAS

    def test_introduction_walks_the_stations_in_their_order(self):
        listed = re.findall(r"^\d+\. \[[^\]]+\]\((\w+)\) \(\{minutes\}`(\w+)`\)", INTRO, flags=re.MULTILINE)
        assert listed == [(name, name) for name in EVENING]


class TestIntroduction:
    def test_it_names_every_chapter(self):
        assert [name for name in IN_ORDER if f"]({name})" not in INTRO] == []

    def test_every_chapter_in_depth_leaves_the_evening_at_one_station(self):
        deep = [name for names in course.groups().values() for name in names]
        leaving = [name for station in course.course().values() for name in station["deeper"]]
        assert sorted(leaving) == sorted(deep)
        assert list(course.course()) == EVENING

    def test_every_station_has_its_picture(self):
        assert {path.stem for path in (BOOK / "_static" / "stations").glob("*.svg")} == set(EVENING)
        assert [name for name, station in course.course().items() if len(station["picture"].split()) < 4] == []


def test_titles_are_counted_as_readers_read_them():
    """The title of a chapter stands in links: no role or formula of its own."""
    assert [path.stem for path in LESSONS if re.search(r"[`${}\[\]]", course.title(path.stem))] == []


def test_contents_have_one_evening_and_call_the_rest_deeper():
    captions = [
        caption for caption in course.parts() if caption not in {course.START, course.EVENING, course.REFERENCE}
    ]
    assert captions
    assert all(caption.startswith(f"{course.DEEP}: ") for caption in captions)
