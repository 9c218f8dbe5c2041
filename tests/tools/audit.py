"""Asks advisory services about known vulnerabilities of all pinned packages. Usage: audit.py FOLDER. Needs the network.

Exits with 0 if none is known, with 1 if some are, and with 2 if no service could be asked about some packages: it then
says that these were not audited, where pip-audit itself would report success. pip-audit gets an environment of its own,
the FOLDER, since it brings 30 packages along.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PINNED = [ROOT / "requirements.txt", ROOT / "constraints.txt", ROOT / "tests" / "requirements.txt"]
AUDITOR = "pip-audit==2.10.1"
SERVICES = {"pypi": "the package index", "osv": "osv.dev"}
OPTIONS = "--no-deps --disable-pip --progress-spinner off --timeout 15 --format json"


def pins() -> list[str]:
    """Return every package that the files pin, with its version, once."""
    lines = [line.strip() for path in PINNED for line in path.read_text(encoding="utf-8").splitlines()]
    return sorted({line for line in lines if re.fullmatch(r"[\w.-]+==[\w.+!-]+", line)})


def auditor_in(folder: Path) -> Path:
    """Return the pip-audit of the environment in `folder`, which is made where it is missing."""
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    if not (programs / "pip-audit").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(programs / "python"), "-m", "pip", "install", "-qq", AUDITOR], check=True)
    return programs / "pip-audit"


def ask(auditor: Path, service: str, packages: list[str]) -> tuple[list[dict], str]:
    """Return what the service says about packages, and the reasons where it says nothing."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "pins.txt"
        listed.write_text("\n".join(packages) + "\n", encoding="utf-8")
        command = [str(auditor), "--vulnerability-service", service, *OPTIONS.split(), "--requirement", str(listed)]
        run = subprocess.run(command, capture_output=True, text=True)
    try:
        told = json.loads(run.stdout)["dependencies"]
    except ValueError:
        return [], (run.stderr.strip() or "no answer").splitlines()[-1][:200]
    skipped = [each["skip_reason"] for each in told if "skip_reason" in each]
    return [each for each in told if "skip_reason" not in each], "; ".join(skipped)[:200]


def audit(auditor: Path) -> int:
    """Ask about all packages the first service that answers for one; return the exit status."""
    packages = pins()
    for service, name in SERVICES.items():
        told, reason = ask(auditor, service, packages[:1])
        if told:
            told, reason = ask(auditor, service, packages)
            return report(told, reason, len(packages), name)
        print(f"{name} does not answer: {reason}")
    print(
        f"NOT AUDITED: no advisory service could be reached; nothing is known of the {len(packages)} pinned packages."
    )
    return 2


def report(told: list[dict], reason: str, count: int, name: str) -> int:
    """Print what was found and what was not asked, and return the exit status."""
    found = [(each["name"], each["version"], vulnerability) for each in told for vulnerability in each["vulns"]]
    for package, version, vulnerability in found:
        mended = ", ".join(vulnerability["fix_versions"]) or "no version yet"
        print(f"{package} {version}: {vulnerability['id']}, mended in {mended}")
    print(f"{len(told)} of {count} pinned packages audited against {name}: {len(found)} known vulnerabilities.")
    if len(told) < count:
        print(f"NOT AUDITED: {count - len(told)} packages. {reason}")
    return 1 if found else 2 if len(told) < count else 0


if __name__ == "__main__":
    sys.exit(audit(auditor_in(Path(sys.argv[1]))))
