"""The planted faults are still faults of this library, and the tests kill some of them; `make mutants` tries all."""

import ast

import pytest
from mutants import LIBRARY, by_hand, by_rule
from mutants.__main__ import mutants_of
from mutants.equivalent import REASONS, explains, reason
from mutants.trials import TESTS, case_of, trials, unchanged

ROOMS = ("distributions", "objectives", "evaluation")
# One of each kind, in files whose tests are quick: what stands there, and what it becomes.
CHOSEN = {
    "evaluation/intervals.py": "half = u *",
    "evaluation/aggregate.py": "- math.log(len(mu) - 1)",
    "evaluation/measuring.py": ".div_(256)",
    "objectives/annealing.py": "kls.clamp(min=free)",
    "objectives/discrete.py": "model.decode(entry)",
    "distributions.py": "torch.exp(log_var)",
}


# It picks a likelihood, and computes nothing.
APART = {"objectives/likelihoods.py"}


def test_every_file_of_the_three_rooms_has_its_tests_and_its_faults():
    code = [path for room in ROOMS for path in (*LIBRARY.glob(f"{room}.py"), *(LIBRARY / room).glob("*.py"))]
    with_functions = {
        str(path.relative_to(LIBRARY))
        for path in code
        if any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert set(TESTS) == set(by_hand.PLANTED) == with_functions - APART


@pytest.mark.parametrize("file", TESTS)
def test_each_fault_changes_the_code_and_leaves_it_code(file):
    code = ast.dump(ast.parse((LIBRARY / file).read_text(encoding="utf-8")))
    mutants = [*by_hand.mutants_of(file), *by_rule.mutants_of(file)]
    assert len(mutants) > 10
    for mutant in mutants:
        assert ast.dump(ast.parse(mutant.mutated)) != code, mutant


def test_there_are_enough_faults_by_hand_and_each_is_planted_once():
    planted = [(file, old, new) for file, faults in by_hand.PLANTED.items() for old, new, _ in faults]
    assert len(planted) == len(set(planted)) > 80


def test_what_is_explained_as_equivalent_is_still_there():
    for file, reasons in REASONS.items():
        for function, line, _ in reasons:
            assert any(explains(function, line, mutant) for mutant in mutants_of(file)), (file, line)


def test_no_fault_planted_by_hand_is_called_equivalent():
    assert [mutant for file in TESTS for mutant in by_hand.mutants_of(file) if reason(mutant)] == []


def test_the_rules_know_what_a_line_can_become():
    changes = by_rule.Changes("def f(a: int = 0, *, b=0.5):\n    if not a < 1 or b:\n        return g(a**2, b, k=-1)\n")
    text = changes.source
    assert {text[:start] + new + text[end:] for start, end, new, _ in changes.of_module()} == {
        text.replace(old, new)
        for old, new in [
            ("= 0,", "= 1,"),
            ("0.5", "1.0"),
            ("not a", "a"),
            ("<", "<="),
            ("< 1", "< 2"),
            (" or ", " and "),
            ("a**2, b", "b, a**2"),
            ("**", "*"),
            ("**2", "**3"),
            (", k=-1", ""),
            ("-1", "0"),
        ]
    }


def test_chosen_faults_are_killed():
    chosen = [each for file, new in CHOSEN.items() for each in by_hand.mutants_of(file) if each.text == new]
    assert [each.file for each in chosen] == list(CHOSEN)
    for trial in trials([case_of(each) for each in chosen]):
        assert trial.code == 1, f"{trial.mutant} survived"
        assert "test_" in trial.by


def test_a_library_without_fault_survives():
    (trial,) = trials([unchanged(["evaluation/intervals.py"])])
    assert trial.survived, trial.said
    assert "passed" in trial.said
