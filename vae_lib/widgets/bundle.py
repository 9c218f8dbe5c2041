"""Joins a figure's JavaScript modules into one text for a kernel or for a page. It knows no Python figure.

The files under `static/` are real ES modules, so that Node can test them one by one. A notebook's front end takes one
module, and a page opened by double click takes no module at all (browsers refuse `import` and `fetch` on file://), so
the modules a figure imports are put one after the other and their import and export words are removed. For that to be
safe the modules keep to a little: `import { a, b } from "./x.mjs";`, `export` in front of a declaration, and no two
modules of a figure declare the same name at top level. What breaks these rules is refused with a ValueError. Comments
and indentation stay behind, a third of the text that every reader of a page loads: no text of several lines may depend
on how its lines begin.
"""

import base64
import json
import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"\./([\w-]+\.mjs)";[ \t]*\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const)\b)", re.MULTILINE)
_DECLARED = re.compile(r"^(?:async function\*?|function\*?|class|const|let|var) +([\w$]+)", re.MULTILINE)
# Whole lines, and after what ends a line of code: elsewhere `//` may stand in a string.
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n|(?<=[;,{]) // .*$", re.MULTILINE)
_INDENT = re.compile(r"^\s+", re.MULTILINE)
_REFUSED = re.compile(r"^(?:import|export)\b.*|^(?:const|let|var)\s*[{\[].*|\bimport\(.*", re.MULTILINE)


def figures() -> list[str]:
    """The names of the figures that have a front end."""
    return sorted(path.name.removesuffix(".figure.mjs") for path in STATIC.glob("*.figure.mjs"))


@cache
def module_text(figure: str) -> str:
    """The figure's front end as one ES module for anywidget, with `render` in its default export."""
    return _join(figure) + "\nexport default { render };\n"


@cache
def classic_script(figure: str) -> str:
    """The figure's front end as one classic script that starts every element of that figure on its page."""
    body = _join(figure, "page.mjs")
    return f'(() => {{\n"use strict";\n{body}\nstartOnPage({json.dumps(figure)}, render);\n}})();\n'


def payload_script(name: str, header: dict, buffer: bytes) -> str:
    """A classic script that hands the payload of that name to the figures of its page."""
    entry = json.dumps({"header": header, "base64": base64.b64encode(buffer).decode()}, sort_keys=True)
    script = f"((globalThis.vaeFigures ??= {{}}).payloads ??= {{}})[{json.dumps(name)}] = {entry};\n"
    # Written so that no text inside ends the script element, should the script ever stand inside a page.
    return script.replace("</", "<\\/")


def _join(figure: str, *more: str) -> str:
    """The figure's modules and those they import, each once, after all that it imports itself."""
    entry = f"{figure}.figure.mjs"
    if not (STATIC / entry).is_file():
        raise ValueError(f"there is no figure named {figure!r}; there are: {', '.join(figures())}")
    order: list[str] = []
    for file in (entry, *more):
        _visit(file, order, ())
    texts, owner = [], {}
    for file in order:
        text = _without_imports(file)
        for name in _DECLARED.findall(text):
            if name in owner:
                raise ValueError(f"{file} and {owner[name]} both declare {name!r} at top level: rename one of them")
            owner[name] = file
        texts.append(f"// {file}\n{_INDENT.sub('', _COMMENT.sub('', text)).strip()}\n")
    return "\n".join(texts)


def _visit(file: str, order: list[str], above: tuple[str, ...]) -> None:
    """Append the file to the order, after the files it imports."""
    if file in above:
        raise ValueError(f"the modules import each other in a circle: {' -> '.join((*above, file))}")
    if file in order:
        return
    if not (STATIC / file).is_file():
        raise ValueError(f"{above[-1] if above else 'a figure'} imports {file}, which is not in {STATIC.name}/")
    for names, other in _IMPORT.findall(_text(file)):
        _visit(other, order, (*above, file))
        declared = set(_DECLARED.findall(_EXPORT.sub("", _text(other))))
        for name in filter(None, (each.strip() for each in names.split(","))):
            if name not in declared:
                raise ValueError(f"{file} imports {name!r} from {other}, which does not declare it")
    order.append(file)


def _text(file: str) -> str:
    return (STATIC / file).read_text(encoding="utf-8")


def _without_imports(file: str) -> str:
    """The module's text as it stands among others in one scope."""
    text = _EXPORT.sub("", _IMPORT.sub("", _text(file)))
    refused = _REFUSED.search(text)
    if refused:
        raise ValueError(
            f"{file} cannot be joined with others because of {refused.group().strip()!r}: "
            'write `import { a } from "./x.mjs";` and `export` before a declaration'
        )
    return text
