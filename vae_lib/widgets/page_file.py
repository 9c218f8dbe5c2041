"""Writes one figure as a page of its own: its element, its weights and its script in one file. It knows no figure.

The file is what a colleague gets by mail: opened by double click it needs no kernel, no folder beside it, no network.
"""

import html
from base64 import b64encode
from pathlib import Path
from typing import Protocol, runtime_checkable

from vae_lib._writing import write_whole
from vae_lib.widgets.bundle import classic_script, payload_script

NAME = "of-this-page"  # the payload's, where no shipped checkpoint gives it one
# All that the page may load: what it holds itself.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
LOOK = (
    ":root{color-scheme:light dark}body{margin:0;font-family:system-ui,sans-serif}"
    "main{max-width:56rem;margin:2rem auto;padding:0 1rem}.vae-still{max-width:100%}"
)


@runtime_checkable
class Showable(Protocol):
    """What a page asks of a figure."""

    figure: str
    payload_name: str

    def payload(self) -> tuple[dict, bytes]:
        """A JSON header and one buffer."""
        ...

    def html(self) -> str:
        """The element that stands for the figure."""
        ...

    def still(self) -> bytes:
        """The figure as a PNG."""
        ...

    def alt_text(self) -> str:
        """The figure in words."""
        ...


def write_page(figure: Showable, path: Path) -> Path:
    """Write the page whole or not at all; gives back where it lies. Raises OSError where it cannot be written."""
    write_whole({path: page_text(figure).encode()})
    return path


def page_text(figure: Showable) -> str:
    """The page as HTML. A reader without scripts sees the still picture."""
    header, buffer = figure.payload()
    title = html.escape(getattr(figure, "title", "") or f"{figure.figure.replace('-', ' ').capitalize()}")
    picture = f"data:image/png;base64,{b64encode(figure.still()).decode()}"
    still = f'<img class="vae-still" alt="{html.escape(figure.alt_text())}" src="{picture}">'
    named = f'data-payload="{html.escape(figure.payload_name)}"'
    # The element opens with its own tag, whose attributes cannot hold a bare ">".
    element = figure.html().replace(named, f'data-payload="{NAME}"', 1).replace("><p", f">{still}<p", 1)
    scripts = [payload_script(NAME, header, buffer), classic_script(figure.figure)]
    # Nothing in a script may end its element early.
    written = "\n".join(
        f"<script>{script.replace('</script', '<' + chr(92) + '/script')}</script>" for script in scripts
    )
    head = (
        f'<meta charset="utf-8"><title>{title}</title><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><link rel="icon" href="data:,">'
        f"<style>{LOOK}</style>"
    )
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body><main>{element}</main>\n{written}</body></html>\n'
    )
