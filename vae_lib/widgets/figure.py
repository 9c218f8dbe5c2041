"""What every interactive figure shares: how it reaches a kernel's front end, a built page, and a page without scripts.

It knows no model. One front end serves all hosts: in a kernel anywidget runs it and Python sees the figure's state; on
a built page the element of `html()` stands for the figure until a classic script starts it there (`bundle`). Weights
travel as the payload, one JSON header and one buffer: in a kernel as a custom message when the front end asks for it,
on a page as a script of their own. They are never part of the widget's state, so that no notebook stores them.
"""

import hashlib
import html
import json
from base64 import b64encode
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from vae_lib.widgets.bundle import module_text
from vae_lib.widgets.page_file import write_page

# The type under which a notebook stores a figure's element. Not text/html, which everything that shows notebooks
# (GitHub, nbconvert, an editor without a kernel) would prefer to the still picture, and could bring no life to.
ELEMENT = "application/vnd.vae-book.figure+html"
# Below the still picture, where a page's scripts do not run.
STILL = "A still picture: the figure itself needs JavaScript, which has not started here."


class InteractiveFigure(anywidget.AnyWidget):
    """A figure that lives in a kernel and on a built page.

    A subclass sets `figure`, the name of its front end, and overrides what it has: `payload`, `state`, `still` …
    """

    figure: ClassVar[str]

    payload_name = traitlets.Unicode("", help="The shipped checkpoint it shows, or nothing.").tag(sync=True)
    # Travels with the figure when a cell shows it: for a view whose kernel never answers.
    still_picture = traitlets.Unicode("", help="The still picture, as a data address.").tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # anywidget makes a subclass anew for each instance: only the class that names the figure needs the text.
        if "figure" in cls.__dict__:
            cls._esm = module_text(cls.figure)
        super().__init_subclass__(**kwargs)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._answer)

    def payload(self) -> tuple[dict, bytes]:
        """What the front end needs beyond the state: a JSON header and one buffer."""
        return {}, b""

    def state(self) -> dict[str, Any]:
        """The traits a page's element starts from; small, and the same on every machine."""
        return {}

    def alt_text(self) -> str:
        """The figure in words, for those who cannot see the still picture."""
        raise NotImplementedError

    def still(self) -> bytes:
        """The figure as a PNG, for GitHub, print, and pages without scripts."""
        raise NotImplementedError

    @cached_property
    def sha256(self) -> str:
        """The first 16 hexadecimal digits of the payload's SHA-256: tells a page from a stale notebook."""
        header, buffer = self.payload()
        text = json.dumps(header, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode() + buffer).hexdigest()[:16]

    def html(self) -> str:
        """The element that stands for the figure on a built page, without weights.

        A figure without a shipped checkpoint carries no hash: weights trained live differ from machine to machine in
        their last digits, and a notebook's text must not.
        """
        attributes = {
            "class": "vae-figure",
            "data-figure": self.figure,
            "data-payload": self.payload_name,
            "data-sha256": self.sha256 if self.payload_name else "",
            "data-state": json.dumps(self.state()),
            "data-alt": self.alt_text(),
        }
        written = " ".join(f"{key}={_quoted(value)}" for key, value in attributes.items())
        return f'<div {written}><p class="vae-fallback">{STILL}</p></div>'

    def save_html(self, path: str | Path) -> Path:
        """Write the figure, its script and its weights as one page that opens by double click; gives back its path.

        The page asks for nothing, from disk or from the network, and is written whole or not at all. Raises OSError,
        which says what to do, where it cannot be written.
        """
        return write_page(self, Path(path).expanduser())

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        """What a notebook shows and stores: the live widget, the page's element, a still picture, a line of text."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/plain"] = repr(self)
        data[ELEMENT] = self.html()
        data["image/png"] = b64encode(self.still()).decode()
        self.still_picture = f"data:image/png;base64,{data['image/png']}"
        return data, {**metadata, "image/png": {"alt": self.alt_text()}}

    def _answer(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Send the payload to a front end that asks for it."""
        if not isinstance(content, dict) or content.get("type") != "payload-request":
            return
        try:
            header, buffer = self.payload()
        except ValueError as error:
            # Said in the figure's place, where the reader looks; the kernel's log is elsewhere.
            self.send({"type": "payload-missing", "error": str(error)})
            return
        self.send({"type": "payload", "header": header}, buffers=[buffer])


def _quoted(value: str) -> str:
    """An attribute's value in the quotes that leave JSON readable."""
    if '"' in value and "'" not in value:
        return "'" + html.escape(value, quote=False) + "'"
    return f'"{html.escape(value)}"'
