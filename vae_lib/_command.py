"""The library from a shell: a folder of pictures in, a trained model, its card of numbers and its page out.

It joins rooms and knows no formula: what it does, a notebook does in ten lines (`load_images`, `train`, `save_file`).
"""

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

ACHIEVED, REFUSED, INTERRUPTED = 0, 2, 130  # exit codes; the last is what a shell gives to Ctrl-C
SAMPLES = 10  # of z for each held-out picture
CHUNK = 500
DARK = 0.4  # mean level of grey pictures below which they are taken for ink on a black ground, as digits are


class RefusedError(Exception):
    """What was asked cannot be done; the message is one to read, and nothing has been written."""


class Measured(NamedTuple):
    """What the held-out pictures say of a model."""

    metrics: dict[str, float | int | None]
    codes: Any  # a tensor; torch is imported late, so that --help need not wait for it


def main(arguments: list[str]) -> int:
    """Run a command line; gives back the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _train(options)
    except RefusedError as error:
        print(f"vae_lib: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("vae_lib: stopped; nothing has been written.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vae_lib", description="Variational autoencoders of your pictures.")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser(
        "train",
        help="train a VAE on a folder of PNG or JPEG pictures, or of IDX files",
        description="Train a VAE on a folder of PNG or JPEG pictures (subfolders are classes) or of IDX files such as "
        "Fashion-MNIST's. Writes the model with a card of its numbers beside it; Ctrl-C keeps what was learned.",
    )
    train.add_argument("folder", metavar="FOLDER")
    train.add_argument(
        "--out", default="model.safetensors", help="where the model goes; its card lies beside it, .json"
    )
    train.add_argument("--page", help="where its explorer goes, one .html file; needs two latents")
    train.add_argument("--latents", type=_count, default=2)
    train.add_argument("--epochs", type=_count, default=20)
    train.add_argument("--size", type=_size, help="side of the pictures in pixels, or HEIGHTxWIDTH")
    train.add_argument("--fit", choices=["crop", "pad", "stretch"], help="for pictures of another shape than the size")
    train.add_argument("--background", default="white", help="colour behind what is transparent or padded")
    train.add_argument("--grey", action="store_true", help="without colour")
    train.add_argument(
        "--likelihood",
        choices=["logistic", "normal", "bernoulli"],
        default="logistic",
        help="logistic for grey levels and colours (the default), bernoulli for ink or no ink",
    )
    train.add_argument("--beta", type=float, default=1.0, help="weight of the rate; 1 makes it the bound")
    train.add_argument("--hidden", type=_count, default=400, help="width of the hidden layer")
    train.add_argument("--batch-size", type=_count, default=128)
    train.add_argument("--learning-rate", type=float, default=1e-3)
    train.add_argument("--seed", type=int, default=0, help="of the splits, the start and the noise")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {text}")
    return number


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)(?:[x×](\d+))?", text)
    if not found or not (size := (int(found[1]), int(found[2] or found[1])))[0] or not size[1]:
        raise argparse.ArgumentTypeError(f"expected 32 or 32x48, got {text}")
    return size


def _train(options: argparse.Namespace) -> int:
    """The command `train`: what can fail is tried before the training, not after it."""
    out = _target(options.out, ".safetensors")
    _target(str(out.with_suffix(".json")), ".json")
    page = _target(options.page, ".html") if options.page else None
    if page and options.latents != 2:
        raise RefusedError(f"a page shows a plane, two latents; got --latents {options.latents}. Leave out --page")
    if not options.beta > 0 or not options.learning_rate > 0:
        raise RefusedError("expected --beta and --learning-rate above 0")
    data = _data(options)
    model, history, stopped = _fitted(data, options)
    measured = _measure(model, data, options)
    _save(model, data, history, measured, options, out, stopped)
    if page:
        _write_page(model, data, measured, page)
    print(f"\n{data.name}")
    for name, value in measured.metrics.items():
        print(f"  {name:32} {'not given by this likelihood' if value is None else value}")
    print(f"\nmodel  {out}\ncard   {out.with_suffix('.json')}" + (f"\npage   {page}" if page else ""))
    print(f'again  vae_lib.checkpoints.load_file("{out}")')
    return INTERRUPTED if stopped else ACHIEVED


def _target(name: str, suffix: str) -> Path:
    """A path that can be written."""
    path = Path(name).expanduser()
    fault = None
    if path.suffix.lower() != suffix:
        fault = f"expected a name that ends in {suffix}"
    elif path.is_dir():
        fault = "that is a folder"
    elif not path.parent.is_dir():
        fault = f"there is no folder {path.parent}"
    elif not os.access(path.parent, os.W_OK):
        fault = f"this user may not write into {path.parent}"
    if fault:
        raise RefusedError(f"cannot write {name}: {fault}. Nothing has been trained")
    return path


def _data(options: argparse.Namespace):
    """The pictures of the folder in their splits."""
    from vae_lib.data import DataError, load_idx, load_images

    folder = Path(options.folder).expanduser()
    try:
        if folder.is_dir() and any("idx3" in path.name for path in [*folder.glob("*"), *folder.glob("*/*")]):
            data = load_idx(folder, seed=options.seed)
        else:
            data = load_images(
                folder,
                size=options.size,
                fit=options.fit,
                colour=False if options.grey else None,
                background=options.background,
                seed=options.seed,
            )
    except DataError as error:
        asks = "size=" in str(error) or "fit=" in str(error)
        choices = " Here these are --size 32 and --fit crop, pad or stretch." if asks else ""
        raise RefusedError(f"{error}{'' if str(error).endswith('.') else '.'}{choices}") from error
    if len(data.classes) == 1:
        print(f"All pictures are of one class, {data.classes[0]!r}.", file=sys.stderr)
    return data


def _fitted(data, options: argparse.Namespace):
    """The model trained, the course of its training, and how it was stopped, if it was."""
    from functools import partial

    import torch

    from vae_lib.models import VAE
    from vae_lib.objectives import beta_elbo, elbo
    from vae_lib.training import NonFiniteLossError, best_device, train

    torch.manual_seed(options.seed)
    model = VAE(**_arguments(data, options)).to(best_device())
    objective = elbo if options.beta == 1 else partial(beta_elbo, beta=options.beta)
    images = data.train.images
    if options.likelihood == "bernoulli" and bool(((images != 0) & (images != 255)).any()):
        print("Grey levels under Bernoulli pixels: the bound is of no likelihood.", file=sys.stderr)
    stopped = ""
    try:
        history = train(
            model,
            images,
            objective,
            epochs=options.epochs,
            batch_size=min(options.batch_size, len(images)),
            learning_rate=options.learning_rate,
            seed=options.seed,
        )
    except KeyboardInterrupt as stop:
        history = getattr(stop, "history", None)
        if history is None or not history.terms or not len(history.value):
            raise
        stopped = f"stopped after {len(history.value):,} steps"
        print(f"{stopped.capitalize()}; what was learned is kept.", file=sys.stderr)
    except (NonFiniteLossError, MemoryError) as error:
        raise RefusedError(f"{error} Try a smaller --learning-rate or --batch-size") from error
    return model.cpu(), history, stopped


def _arguments(data, options: argparse.Namespace) -> dict:
    return {
        "latent": options.latents,
        "hidden": (options.hidden,),
        "image": data.image,
        "likelihood": options.likelihood,
    }


def _measure(model, data, options: argparse.Namespace) -> Measured:
    """Bound, its parts, bits and active units on all held-out pictures, validation and test."""
    import torch

    from vae_lib.distributions import bits_per_dimension
    from vae_lib.evaluation import active_units
    from vae_lib.evaluation.measuring import evaluating, noise_from, scaled
    from vae_lib.objectives import elbo

    images = torch.cat([data.validation.images, data.test.images])
    weight = next(model.parameters())
    bounds, kls, codes = [], [], []
    with torch.no_grad(), evaluating(model), noise_from(options.seed, weight.device):
        for x in scaled(images, weight, CHUNK):
            draws = [elbo(model, x) for _ in range(SAMPLES)]
            bounds.append(torch.stack([each.value for each in draws]).mean(dim=0))
            kls.append(draws[0].kl)
            codes.append(model.encode(x)[0])
    bound = torch.cat(bounds).double()
    mean, rate = bound.mean().item(), torch.cat(kls).double().mean().item()
    bits = bits_per_dimension(bound.mean(), images[0].numel()).item() if options.likelihood == "logistic" else None
    metrics = {
        "held-out bound": round(mean, 3),
        "its standard error": round(bound.std().item() / len(bound) ** 0.5, 3),
        "rate": round(rate, 3),
        "distortion": round(-mean - rate, 3),
        "bits per dimension, at most": None if bits is None else round(bits, 4),
        "active units": active_units(model, images),
        "held-out pictures": len(images),
    }
    return Measured(metrics, torch.cat(codes))


def _held_out_labels(data):
    import torch

    parts = [data.validation.labels, data.test.labels]
    # A page has one byte for each label.
    return None if parts[0] is None or len(data.classes) > 256 else torch.cat(parts)


def _save(model, data, history, measured: Measured, options: argparse.Namespace, out: Path, stopped: str) -> None:
    from vae_lib.checkpoints import save_file

    recipe = {
        "command": "python -m vae_lib train",
        **{name: getattr(options, name) for name in ("epochs", "batch_size", "learning_rate", "beta", "seed")},
        **({"stopped": stopped} if stopped else {}),
    }
    labels = _held_out_labels(data)
    held_out = {"codes": measured.codes} | ({} if labels is None else {"labels": labels})
    about = {
        "name": data.name,
        "classes": ", ".join(data.classes),
        "metrics": f"nats per picture, mean over the held-out pictures (validation and test), {SAMPLES} samples of z",
    }
    curve = [round(value, 3) for value in history.epochs().tolist()]
    arguments = _arguments(data, options)
    try:
        save_file(
            model,
            out,
            arguments=arguments,
            data=about,
            metrics=measured.metrics,
            recipe=recipe,
            curve=curve,
            held_out=held_out,
        )
    except OSError as error:
        raise RefusedError(str(error)) from error


def _write_page(model, data, measured: Measured, page: Path) -> None:
    from vae_lib.widgets import LatentExplorer

    ink = data.image[0] == 1 and data.train.images.float().mean().item() < DARK * 255
    labels = _held_out_labels(data)
    title = data.name.partition(" (")[0]
    try:
        LatentExplorer(model, codes=measured.codes, labels=labels, ink=ink, title=title).save_html(page)
    except OSError as error:
        raise RefusedError(str(error)) from error
