"""Figures in JupyterLab, end to end: the reader drags and Python sees it, Python sets a value and the picture moves."""

import ast
import os
from pathlib import Path

import nbformat
import pytest
import torch
from execute import METADATA
from jupyter_lab import JupyterLab, Notebook
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from vae_lib import checkpoints

ROOT = Path(__file__).parents[2]
CELLS = [
    "from vae_lib import checkpoints\nfrom vae_lib.widgets import LabelExplorer, LatentExplorer\n"
    'explorer = LatentExplorer(checkpoints.load("vae_2d"))\nexplorer',
    "print(explorer.z)",
    "explorer.z = (-1.25, 0.5)",
    'labels = LabelExplorer(checkpoints.load("cvae_2d"))\nlabels',
    "print(labels.label)",
    "labels.label = 7",
    "from vae_lib.data import load_mnist\nfrom vae_lib.widgets import Laboratory\n"
    'laboratory = Laboratory(load_mnist(), preset="no_kl")\nlaboratory',
    "print([len(laboratory.history.kl), *laboratory.model().to_log_var.bias.tolist()])",
    "laboratory.settings = {'beta': 2.0}",
    "Laboratory()",
    "import time\nfrom IPython.display import display\n"
    'display(LatentExplorer(checkpoints.load("vae_2d"), z=(1.0, -1.0)))\ntime.sleep(14)',
]
EXPLORER, PRINT_Z, SET_Z, LABELS, PRINT_LABEL, SET_LABEL = range(6)
LABORATORY, PRINT_MODEL, SET_BETA, NO_DIGITS, BUSY = range(6, len(CELLS))
# What a figure shows: its values, and the pictures on the screen.
LOOK = """
const [el, name] = arguments;
return [el.vaeFigure[name], [...el.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL())];
"""


@pytest.fixture(scope="module")
def notebook(browser, tmp_path_factory):
    folder, home = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("jupyter")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), folder / "figures.ipynb")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    lab = JupyterLab(folder, home, {"PYTHONPATH": path})
    try:
        notebook = Notebook(browser, lab.page("figures.ipynb"), len(CELLS))
        asked = browser.requests()
        yield notebook
        # JupyterLab and all the figures did, from the first request to the last.
        asked += browser.requests()
        assert asked, "no request was logged, so none can have been checked"
        assert [each for each in asked if not each.startswith((lab.address, "data:", "blob:"))] == []
        assert browser.complaints() == []
    finally:
        lab.quit()


@pytest.fixture(scope="module")
def explorer(notebook):
    return figure_of(notebook, EXPLORER)


@pytest.fixture(scope="module")
def labels(notebook):
    return figure_of(notebook, LABELS)


def figure_of(notebook, cell):
    """Run the cell and return the figure it shows, once that is alive."""
    notebook.run(cell)

    def alive():
        figures = notebook.cells()[cell].find_elements(By.CSS_SELECTOR, ".vae-figure")
        return next((each for each in figures if frames(notebook, each)), None)

    return notebook.wait_until(alive, "the figure to come alive")


def frames(notebook, figure):
    return notebook.driver.execute_script("return arguments[0].vaeFigure?.frames", figure)


def look(notebook, figure, name):
    return notebook.driver.execute_script(LOOK, figure, name)


def wait_until_python_sees(notebook, z):
    notebook.wait_until(lambda: list(ast.literal_eval(notebook.run(PRINT_Z))) == z, f"Python to see {z}")


def test_cell_shows_the_live_figure_and_nothing_in_its_stead(notebook, explorer):
    outputs = notebook.cells()[EXPLORER].find_elements(By.CSS_SELECTOR, ".jp-OutputArea-output")
    assert len(outputs) == 1
    assert notebook.cells()[EXPLORER].find_elements(By.CSS_SELECTOR, ".vae-fallback, img") == []


def test_python_sees_where_the_reader_drags(notebook, explorer):
    before, pictures = look(notebook, explorer, "z")
    pad = explorer.find_element(By.CSS_SELECTOR, ".vae-pad")
    notebook.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", pad)
    hand = ActionChains(notebook.driver, duration=50).move_to_element(pad).click_and_hold()
    hand.move_by_offset(40, 10).move_by_offset(15, -55).release().perform()
    after, changed = look(notebook, explorer, "z")
    assert after[0] > before[0]
    assert after[1] > before[1]
    assert all(old != new for old, new in zip(pictures[1:], changed[1:], strict=True))
    # While Python takes one value, those in between are left out; the last one always comes.
    wait_until_python_sees(notebook, after)


def test_what_python_sets_is_shown(notebook, explorer):
    _, pictures = look(notebook, explorer, "z")
    notebook.run(SET_Z)
    notebook.wait_until(lambda: look(notebook, explorer, "z")[0] == [-1.25, 0.5], "the figure to follow Python")
    notebook.wait_until(lambda: look(notebook, explorer, "z")[1][1] != pictures[1], "the digit to be drawn")
    pixels = torch.tensor(notebook.driver.execute_script("return [...arguments[0].vaeFigure.pixels()]", explorer))
    with torch.no_grad():
        expected = checkpoints.load("vae_2d").decode(torch.tensor([[-1.25, 0.5]])).sigmoid()[0]
    torch.testing.assert_close(pixels, expected, atol=2e-3, rtol=0)


def test_arrow_keys_move_the_point_and_not_the_notebook(notebook, explorer):
    pad = explorer.find_element(By.CSS_SELECTOR, ".vae-pad")
    notebook.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", pad)
    pad.click()
    z, _ = look(notebook, explorer, "z")
    cell = notebook.active()
    # As fast as a key that is held down repeats: what comes back from Python meanwhile undoes none.
    for _ in range(12):
        pad.send_keys(Keys.ARROW_DOWN)
    assert look(notebook, explorer, "z")[0] == [z[0], pytest.approx(z[1] - 1.2)]
    assert notebook.active() == cell
    wait_until_python_sees(notebook, look(notebook, explorer, "z")[0])


def test_keys_press_the_figures_button_and_leave_the_cells_alone(notebook, explorer):
    """In JupyterLab, Enter begins to edit the chosen cell, x cuts it and d d deletes it."""
    button = explorer.find_element(By.CSS_SELECTOR, ".vae-foot button")
    notebook.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    cells = len(notebook.cells())
    for key, pressed in ((Keys.ENTER, "false"), (Keys.SPACE, "true"), ("x", "true"), ("d", "true"), ("d", "true")):
        notebook.driver.switch_to.active_element.send_keys(key)
        assert button.get_attribute("aria-pressed") == pressed, key
    assert len(notebook.cells()) == cells


def test_digit_keys_choose_the_label_and_turn_no_cell_into_a_heading(notebook, labels):
    """In JupyterLab the keys 1 to 6 make a heading of the chosen cell, and 0 0 starts the kernel anew."""
    tile = labels.find_element(By.CSS_SELECTOR, "[role=radio][aria-checked=true]")
    notebook.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", tile)
    tile.click()
    number, _ = notebook.active()
    notebook.driver.switch_to.active_element.send_keys("5", "0", "0", "1")
    assert look(notebook, labels, "label")[0] == 1
    assert notebook.active() == (number, "code")
    notebook.wait_until(lambda: notebook.run(PRINT_LABEL) == "1", "Python to see the label")
    assert notebook.driver.find_elements(By.CSS_SELECTOR, ".jp-Dialog") == []


def test_label_that_python_sets_is_shown(notebook, labels):
    notebook.run(SET_LABEL)
    notebook.wait_until(lambda: look(notebook, labels, "label")[0] == 7, "the figure to follow Python")
    checked = labels.find_element(By.CSS_SELECTOR, "[role=radio][aria-checked=true]")
    assert "7" in checked.get_attribute("aria-label")


def test_python_has_what_the_laboratory_learned(notebook):
    laboratory = figure_of(notebook, LABORATORY)
    before = ast.literal_eval(notebook.run(PRINT_MODEL))
    assert before[0] == 0
    play = laboratory.find_element(By.CSS_SELECTOR, ".vae-lab-play")
    notebook.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", play)
    play.click()
    steps = "return arguments[0].vaeFigure.steps"
    notebook.wait_until(lambda: notebook.driver.execute_script(steps, laboratory) > 50, "the network to train")
    play.click()
    taken = notebook.driver.execute_script(steps, laboratory)
    notebook.wait_until(lambda: ast.literal_eval(notebook.run(PRINT_MODEL))[0] == taken, "Python to see every step")
    assert ast.literal_eval(notebook.run(PRINT_MODEL))[1:] != before[1:]
    notebook.run(SET_BETA)
    beta = "return arguments[0].querySelector('[data-setting=beta] input[type=text]').value"
    notebook.wait_until(lambda: notebook.driver.execute_script(beta, laboratory) == "2", "the page to follow Python")


def test_a_laboratory_without_digits_says_what_to_write(notebook, browser):
    assert browser.complaints() == []
    notebook.run(NO_DIGITS)

    def words():
        return notebook.cells()[NO_DIGITS].find_element(By.CSS_SELECTOR, ".jp-Cell-outputArea").text

    notebook.wait_until(lambda: "Laboratory(load_mnist()" in words(), "the figure to ask for digits")
    # Developers find it in the console, too.
    (complaint,) = browser.complaints()
    assert "expected digits to train on" in complaint


def test_a_silent_kernel_is_waited_for_before_its_still_picture(notebook):
    """The kernel is busy with the cell that made the figure; a page that was exported has none at all."""
    notebook.start(BUSY)

    def said(words):
        notes = notebook.cells()[BUSY].find_elements(By.CSS_SELECTOR, ".vae-fallback")
        return bool(notes) and words in notes[0].text

    notebook.wait_until(lambda: said("Waiting for the kernel to send the model"), "the figure to say that it waits")
    assert notebook.cells()[BUSY].find_elements(By.CSS_SELECTOR, ".vae-still") == []
    notebook.wait_until(lambda: said("no kernel has answered"), "the figure to say that none has answered")
    picture = notebook.cells()[BUSY].find_element(By.CSS_SELECTOR, ".vae-still")
    width = "return [arguments[0].naturalWidth, arguments[0].alt]"
    assert notebook.driver.execute_script(width, picture)[0] > 300
    assert notebook.driver.execute_script(width, picture)[1]

    def alive():
        figures = notebook.cells()[BUSY].find_elements(By.CSS_SELECTOR, ".vae-figure")
        return any(frames(notebook, each) for each in figures)

    notebook.wait_until(alive, "the answer to be taken when it comes")
    assert notebook.cells()[BUSY].find_elements(By.CSS_SELECTOR, ".vae-fallback, .vae-still") == []
