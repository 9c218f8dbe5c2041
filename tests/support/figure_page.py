"""Puts one interactive figure on a page of its own, and asks it what every figure's tests ask. It names no figure."""

from vae_lib.widgets import bundle


def figure_page(folder, widget, *, payload="", theme="light"):
    """Write a page that holds `widget` alone, its weights under the name `payload` if it has some; its address.

    Without a `theme` of its own the page leaves the choice to the browser.
    """
    scripts = [bundle.payload_script(payload, *widget.payload())] if payload else []
    scripts.append(bundle.classic_script(widget.figure))
    head = '<meta charset="utf-8"><title>t</title><meta name="viewport" content="width=device-width">'
    body = f"<main>{widget.html()}</main>" + "".join(f"<script>{script}</script>" for script in scripts)
    path = folder / "page.html"
    path.write_text(f'<!doctype html><html lang="en" data-theme="{theme}">{head}<body>{body}</body></html>', "utf-8")
    return path.as_uri()


def frame(browser):
    """Wait until what was asked for has been painted."""
    browser.wait_for("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")


def values(browser):
    """Return the numbers that the figure shows, once they are painted."""
    frame(browser)
    return browser.run("return document.querySelector('.vae-figure').vaeFigure.values()")


def pictures(browser):
    """Return what the figure's canvases show, in their order on the page."""
    return browser.run("return [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL())")
