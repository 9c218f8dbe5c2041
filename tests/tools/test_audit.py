"""The audit of what is pinned: it covers every pin, and never calls a package safe that nobody was asked about."""

import json
import sys

import audit
import pytest

SAFE = {"name": "safe", "version": "1", "vulns": []}
UNSAFE = {"name": "unsafe", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"], "aliases": []}]}
SKIPPED = {"name": "skipped", "skip_reason": "not found"}


@pytest.fixture
def auditor(tmp_path):
    """A pip-audit that answers with the given list, service by service, and exits as the real one does."""

    def write(**answers):
        script = (
            f"#!{sys.executable}\nimport json, sys\n"
            f"answer = json.loads({json.dumps(json.dumps(answers))})[sys.argv[2]]\n"
            "print(json.dumps({'dependencies': answer}) if answer is not None else '')\n"
            "sys.exit(print('ConnectionError: unreachable', file=sys.stderr) or 1 if answer is None else 0)\n"
        )
        path = tmp_path / "pip-audit"
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture(autouse=True)
def _three_pins(monkeypatch):
    monkeypatch.setattr(audit, "pins", lambda: ["safe==1", "unsafe==2", "skipped==3"])


def test_where_no_service_answers_nothing_is_called_safe(auditor, capsys):
    assert audit.audit(auditor(pypi=[SKIPPED], osv=None)) == 2
    said = capsys.readouterr().out
    assert "NOT AUDITED: no advisory service could be reached" in said
    assert "ConnectionError: unreachable" in said


def test_second_service_is_asked_where_the_first_is_silent(auditor, capsys):
    assert audit.audit(auditor(pypi=None, osv=[SAFE, SAFE, SAFE])) == 0
    assert "3 of 3 pinned packages audited against osv.dev: 0 known" in capsys.readouterr().out


def test_vulnerability_is_named_with_the_version_that_mends_it(auditor, capsys):
    assert audit.audit(auditor(pypi=[SAFE, UNSAFE, SAFE], osv=None)) == 1
    assert "unsafe 2: CVE-1, mended in 3" in capsys.readouterr().out


def test_package_nobody_was_asked_about_fails_the_audit(auditor, capsys):
    assert audit.audit(auditor(pypi=[SAFE, SAFE, SKIPPED], osv=None)) == 2
    assert "NOT AUDITED: 1 packages. not found" in capsys.readouterr().out


def test_every_pin_is_on_the_list(monkeypatch):
    monkeypatch.undo()
    listed = {line.partition("==")[0] for line in audit.pins()}
    assert {"torch", "numpy", "sphinx", "pypdf", "pytest", "tornado"} <= listed
    lines = [line for path in audit.PINNED for line in path.read_text("utf-8").splitlines() if "==" in line]
    assert len(listed) == len(lines)
