"""Corrects what a screen reader says on every page: adds missing names, and removes those that contradict the text.

It does not depend on what the book is about.
"""


def name_parts(app, elements):
    """Give names to the elements of a page that the theme leaves without, and take away misleading ones."""
    for button in elements["button"]:
        # People who speak to the machine say what is written, and this label replaces it.
        if "search-button-field" in button.get("class", ()):
            del button["aria-label"]
    for summary in elements["summary"]:
        if summary.get("aria-label") == "Toggle hidden content":
            del summary["aria-label"]
        # The arrow that opens a part of the contents has no text.
        if summary.find("span", class_="toctree-toggle", recursive=False):
            summary["aria-label"] = "Pages of this part"
    for icon in elements["i"]:
        # Three icons, of which one is shown, inside a button that has a name of its own.
        if "theme-switch" in icon.get("class", ()):
            del icon["title"]
    for div in elements["div"]:
        # A list in which not everything is an item.
        if "citation-list" in div.get("class", ()):
            del div["role"]
    for parameters in elements["dl"]:
        _make_lines(parameters)


def _make_lines(parameters):
    """Make lines of a signature's parameters, which Sphinx writes as a list of definitions without terms."""
    lines = parameters.find_all(True, recursive=False)
    if not parameters.attrs and lines and all(line.name == "dd" for line in lines):
        for line in lines:
            line.name, line["class"] = "span", "sig-line"
        parameters.unwrap()


def setup(app):
    """Connect to Sphinx."""
    app.setup_extension("postprocess")
    app.connect("page-finished", name_parts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
