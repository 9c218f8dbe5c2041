"""Draws on the sheet of the figure that reads drawings, and reads back what the page makes of it."""

from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.mouse_button import MouseButton
from selenium.webdriver.common.by import By

SETTLED = """
const [figure, done] = [document.querySelector(".vae-figure"), arguments[0]];
const look = () => (figure.vaeFigure.settled ? requestAnimationFrame(() => done()) : setTimeout(look, 10));
requestAnimationFrame(() => requestAnimationFrame(look));
"""


def values(browser):
    """What is shown once all is read and painted."""
    browser.wait_for(SETTLED)
    return browser.run("return document.querySelector('.vae-figure').vaeFigure.values()")


def drawn(browser):
    """The strokes on the sheet, as Python takes them."""
    strokes = browser.run("return document.querySelector('.vae-figure').vaeFigure.strokes")
    return [[(float(x), float(y)) for x, y in stroke] for stroke in strokes]


def box(browser, figure):
    sheet = figure.find_element(By.CSS_SELECTOR, ".vae-sheet canvas")
    browser.run("arguments[0].scrollIntoView({block: 'center'})", sheet)
    return browser.run("return arguments[0].getBoundingClientRect()", sheet)


def draw(browser, figure, strokes):
    """Draw the strokes with the mouse, stop at the nearest points of the screen."""
    sheet = box(browser, figure)
    builder = ActionBuilder(browser.driver, duration=0)
    hand = builder.pointer_action
    for stroke in strokes:
        places = [
            (round(sheet["left"] + x * sheet["width"]), round(sheet["top"] + y * sheet["height"])) for x, y in stroke
        ]
        hand.move_to_location(*places[0]).pointer_down(MouseButton.LEFT)
        for place in places[1:]:
            hand.move_to_location(*place)
        hand.pointer_up(MouseButton.LEFT)
    builder.perform()


def on(sheet, point):
    """Where on the screen a point of the sheet lies."""
    return sheet["left"] + point[0] * sheet["width"], sheet["top"] + point[1] * sheet["height"]
