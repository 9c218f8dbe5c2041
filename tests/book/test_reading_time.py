"""The minutes that stand below a chapter's title: what counts as its body, and what a body's parts take."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from reading_time import Body, body_of

SOLVED = """\
```{exercise-start} Guess, then run
:label: guess-here
```

Change the line.

```{exercise-end}
```

```{solution-start} guess-here
:class: dropdown
```"""
ANSWERED = """\
It falls, as you can see in the two lines above.

```{solution-end}
```

Then we go on."""


def body(*cells):
    return body_of(new_notebook(cells=list(cells)))


def said(source):
    return new_markdown_cell(source)


def code(source, *tags, **how):
    return new_code_cell(source, metadata={"tags": list(tags)}, **how)


def test_words_are_counted_and_markup_is_not():
    counted = body(said("# One two\n\nThree [four](there) $x_1$ {cite:p}`five2014six`, {eq}`eq-x` don't."))
    assert counted == Body(words=5, formulas=0, lines=0, figures=0)


def test_line_below_the_title_does_not_count_so_that_it_can_be_written_again():
    line = "*In depth · 14 minutes · needs [the evening](intro), [Shrink or flee](shrink_or_flee)*"
    assert body(said(f"# Title\n\n{line}\n\nWords.")) == body(said("# Title\n\nWords."))


@pytest.mark.parametrize(
    "formula",
    [
        "$$\nx = 1\n$$",
        "$$ x $$ (eq-x)",
        "```{math}\n:label: eq-x\nx = 1\n```",
        "\\begin{align}\nx &= 1\n\\end{align}",
        "$$\n\\begin{aligned}\nx &= 1\n\\end{aligned}\n$$",
    ],
)
def test_displayed_formulas_are_counted_and_those_in_a_line_are_not(formula):
    assert body(said(f"An $x$.\n\n{formula}\n\nAnd $y$.")).formulas == 1


def test_open_code_is_counted_and_folded_code_is_not():
    cells = [code("import os", id="bootstrap"), code("a = 1\n\nb = 2"), code("plot()\nplt.show()", "hide-input")]
    assert body(*cells, code("c = 3", "remove-cell"), code("d = 4", "remove-input")).lines == 2


def test_figures_that_move_are_counted_and_still_ones_are_not():
    moves = new_output("display_data", {"text/html": '<div class="vae-figure"></div>', "image/png": "AA=="})
    still = new_output("display_data", {"image/png": "AA=="})
    assert body(code("Figure()", outputs=[moves]), code("plt.show()", outputs=[still])).figures == 1


def test_exercises_and_references_are_no_part_of_the_body():
    after = [said("## Exercises\n\nSolve it."), code("x = 1"), said("## References\n\nSomeone wrote it.")]
    assert body(said("# Two words"), *after) == body(said("# Two words"))


def test_answer_to_guess_then_run_is_folded_and_its_question_is_not():
    cells = [said(SOLVED), code("y = 2\nprint(y)"), said(ANSWERED), code("z = 3")]
    assert body(*cells) == Body(
        words=len(["Change", "the", "line", "Then", "we", "go", "on"]), formulas=0, lines=1, figures=0
    )


def test_solution_in_one_cell_is_folded_too():
    solution = "````{solution} exercise-x\n:class: dropdown\n\nFour words stand here.\n\n```python\nx\n```\n````"
    assert body(said(f"Before.\n\n{solution}\n\nAfter.")).words == 2


def test_minutes_are_the_sum_of_what_the_parts_take():
    assert Body(words=0, formulas=0, lines=0, figures=0).minutes == 1
    assert Body(words=1_000, formulas=0, lines=0, figures=0).minutes == 5
    assert Body(words=1_000, formulas=6, lines=30, figures=1).minutes == 9
    assert Body(words=1_001, formulas=6, lines=30, figures=1).minutes == 10
