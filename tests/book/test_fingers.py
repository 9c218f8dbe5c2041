"""What surrounds the text of a built page, in a browser by touch: sidebars, menus, buttons. No figure is pressed."""

import pytest
from contents import DOCUMENTS, SITE


@pytest.fixture
def by_touch(browser):
    """The browser of a screen that is touched and has no mouse."""
    browser.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    yield browser
    browser.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


# A summary without height is one whose mark beside it is pressed.
PRESSED = "button, input, select, summary, label[for], .toctree-toggle, .dropdown-item, nav.bd-links a"
CONTROLS = f"""
return [...document.querySelectorAll("{PRESSED}")]
  .filter((el) => el.getClientRects().length && !el.closest(".vae-figure") && el.getBoundingClientRect().height)
"""
TOO_SMALL = f"""{CONTROLS}
  .map((el) => [el.outerHTML.slice(0, 160), el.getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44)
  .map(([what, box]) => `${{what}}: ${{box.width.toFixed(1)}} × ${{box.height.toFixed(1)}}`);
"""


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_surrounds_the_text_is_large_enough_for_a_finger(by_touch, document):
    """Both sidebars and the menus of the head, opened one after the other."""
    by_touch.open((SITE / f"{document}.html").as_uri(), width=360, height=740)
    assert by_touch.run(TOO_SMALL) == []
    for opener in (".primary-toggle", ".secondary-toggle", ".header-article-items .dropdown-toggle"):
        for number in range(by_touch.run("return document.querySelectorAll(arguments[0]).length", opener)):
            by_touch.run("document.querySelectorAll(arguments[0])[arguments[1]].click()", opener, number)
            assert by_touch.run(TOO_SMALL) == [], opener
            by_touch.run("document.querySelector('dialog[open]')?.close()")
    assert by_touch.run(f"{CONTROLS}.length") > 3
