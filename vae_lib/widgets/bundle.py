"""Joins a figure's JavaScript modules into one text for a kernel or for a page. It knows no Python figure.

The `.mjs` files in the figures' folders and in `kit/` are real ES modules, so that Node can test them one by one. A
notebook's front end takes one module, and a page opened by double click takes no module at all (browsers refuse
`import` and `fetch` on file://), so the modules a figure imports are put one after the other and their import and
export words are removed; a JSON file, which Python reads too, becomes a constant. For that to be safe the modules keep
to a little: `import { a, b } from "./x.mjs";`, `import a from "./x.json" with { type: "json" };`, `export` in front of
a declaration, and no two modules of a figure declare the same name at top level. What breaks these rules is refused
with a ValueError. Comments, indentation and functions that the figure does not use stay behind, over a third of what
every reader of a page would load: no text of several lines may depend on how its lines begin, and a function at top
level ends with the first line that is a brace alone.
"""

import base64
import json
import posixpath
import re
from collections import Counter
from functools import cache
from pathlib import Path

from vae_lib.widgets import REGISTRY

ROOT = Path(__file__).parent
_PATH = r'"(\.\.?/(?:[\w-]+/)?[\w-]+\.%s)"'
_IMPORT = re.compile(r"^import\s*\{([^}]*)\}\s*from\s*" + _PATH % "mjs" + r";[ \t]*\n", re.MULTILINE)
_DATA = re.compile(
    r"^import\s+([\w$]+)\s+from\s*" + _PATH % "json" + r'\s*with\s*\{\s*type:\s*"json"\s*\};[ \t]*\n', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const)\b)", re.MULTILINE)
_DECLARED = re.compile(r"^(?:async function\*?|function\*?|class|const|let|var) +([\w$]+)", re.MULTILINE)
# Whole lines, and after what ends a line of code: elsewhere `//` may stand in a string.
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n|(?<=[;,{]) // .*$", re.MULTILINE)
_FUNCTION = re.compile(r"^(?:async )?function\*? +([\w$]+)\(.*\{\n(?:(?!\}$).*\n)*\}\n+", re.MULTILINE)
_NAME = re.compile(r"[\w$]+")
_CALLED_FIRST = {"render", "startOnPage"}
_INDENT = re.compile(r"^\s+", re.MULTILINE)
_REFUSED = re.compile(r"^(?:import|export)\b.*|^(?:const|let|var)\s*[{\[].*|\bimport\(.*", re.MULTILINE)


@cache
def module_text(figure: str) -> str:
    """The figure's front end as one ES module for anywidget, with `render` in its default export."""
    return _join(figure) + "\nexport default { render };\n"


@cache
def classic_script(figure: str) -> str:
    """The figure's front end as one classic script that starts every element of that figure on its page."""
    body = _join(figure, "kit/page.mjs")
    return f'(() => {{\n"use strict";\n{body}\nstartOnPage({json.dumps(figure)}, render);\n}})();\n'


def payload_script(name: str, header: dict, buffer: bytes) -> str:
    """A classic script that hands the payload of that name to the figures of its page."""
    entry = json.dumps({"header": header, "base64": base64.b64encode(buffer).decode()}, sort_keys=True)
    script = f"((globalThis.vaeFigures ??= {{}}).payloads ??= {{}})[{json.dumps(name)}] = {entry};\n"
    # Written so that no text inside ends the script element, should the script ever stand inside a page.
    return script.replace("</", "<\\/")


def _join(figure: str, *more: str) -> str:
    """The figure's modules and those they import, each once, after all that it imports itself."""
    if figure not in REGISTRY:
        raise ValueError(f"there is no figure named {figure!r}; there are: {', '.join(REGISTRY)}")
    order: list[str] = []
    for file in (f"{figure.replace('-', '_')}/figure.mjs", *more):
        _visit(file, order, ())
    texts, owner, data = [], {}, {}
    for file in order:
        data |= _data_of(file)
        text = _without_imports(file)
        for name in _DECLARED.findall(text):
            if name in owner:
                raise ValueError(f"{file} and {owner[name]} both declare {name!r} at top level: rename one of them")
            owner[name] = file
        texts.append(_COMMENT.sub("", text))
    used = (_INDENT.sub("", text).strip() + "\n" for text in _without_unused(texts))
    return "\n".join([*_constants(data, owner), *used])


def _without_unused(texts: list[str]) -> list[str]:
    """The modules without the functions that no other line names; what only those named goes too."""
    counts = Counter(_NAME.findall("\n".join(texts)))
    unused = [
        found
        for text in texts
        for found in _FUNCTION.finditer(text)
        if found[1] not in _CALLED_FIRST and counts[found[1]] == _NAME.findall(found[0]).count(found[1])
    ]
    if not unused:
        return texts
    for found in unused:
        texts = [text.replace(found[0], "") for text in texts]
    return _without_unused(texts)


def _constants(data: dict[tuple[str, str], str], owner: dict[str, str]) -> list[str]:
    """A constant for each JSON file that modules import. Raises ValueError where a name stands for two things."""
    lines = []
    for name in dict.fromkeys(name for name, _ in data):
        files = sorted({file for each, file in data if each == name})
        meanings = [*files, owner[name]] if name in owner else files
        if len(meanings) > 1:
            raise ValueError(f"{name!r} stands for {' and for '.join(meanings)}: rename one of them")
        content = json.loads((ROOT / files[0]).read_text(encoding="utf-8"))
        lines.append(f"const {name} = {json.dumps(content, ensure_ascii=False, separators=(',', ':'))};")
    return lines


def _visit(file: str, order: list[str], above: tuple[str, ...]) -> None:
    """Append the file to the order, after the files it imports."""
    if file in above:
        raise ValueError(f"the modules import each other in a circle: {' -> '.join((*above, file))}")
    if file in order:
        return
    _expect_file(file, above[-1] if above else "a figure")
    for names, path in _IMPORT.findall(_text(file)):
        other = _beside(file, path)
        _visit(other, order, (*above, file))
        declared = set(_DECLARED.findall(_EXPORT.sub("", _text(other))))
        for name in filter(None, (each.strip() for each in names.split(","))):
            if name not in declared:
                raise ValueError(f"{file} imports {name!r} from {other}, which does not declare it")
    order.append(file)


def _data_of(file: str) -> dict[tuple[str, str], str]:
    """The JSON files a module imports, each with the name it gives to it."""
    found = {(name, _beside(file, path)): file for name, path in _DATA.findall(_text(file))}
    for _, other in found:
        _expect_file(other, file)
    return found


def _expect_file(file: str, importer: str) -> None:
    if not (ROOT / file).is_file():
        raise ValueError(f"{importer} imports {file}, which is not in {ROOT.name}/")


def _beside(file: str, path: str) -> str:
    """Where `path`, written in `file`, leads."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), path))


def _text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def _without_imports(file: str) -> str:
    """The module's text as it stands among others in one scope."""
    text = _EXPORT.sub("", _DATA.sub("", _IMPORT.sub("", _text(file))))
    refused = _REFUSED.search(text)
    if refused:
        raise ValueError(
            f"{file} cannot be joined with others because of {refused.group().strip()!r}: "
            'write `import { a } from "./x.mjs";` and `export` before a declaration'
        )
    return text
