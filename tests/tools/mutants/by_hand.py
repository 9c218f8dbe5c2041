"""Plants mistakes that people make in a VAE; each text that is replaced occurs exactly once in its file."""

from mutants import Mutant, in_distributions, in_evaluation, in_objectives, source_of

PLANTED = {
    "distributions.py": in_distributions.DISTRIBUTIONS,
    "objectives/adversarial.py": in_objectives.ADVERSARIAL,
    "objectives/annealing.py": in_objectives.ANNEALING,
    "objectives/conditional.py": in_objectives.CONDITIONAL,
    "objectives/discrete.py": in_objectives.DISCRETE,
    "objectives/evidence.py": in_objectives.EVIDENCE,
    "objectives/importance.py": in_objectives.IMPORTANCE,
    "objectives/sequence.py": in_objectives.SEQUENCE,
    "evaluation/aggregate.py": in_evaluation.AGGREGATE,
    "evaluation/bounds.py": in_evaluation.BOUNDS,
    "evaluation/intervals.py": in_evaluation.INTERVALS,
    "evaluation/likelihood.py": in_evaluation.LIKELIHOOD,
    "evaluation/measuring.py": in_evaluation.MEASURING,
}


def mutants_of(file: str) -> list[Mutant]:
    """The mistakes planted in a file of the library; AssertionError where a text does not occur in it once."""
    source = source_of(file)
    mutants = []
    for old, new, meaning in PLANTED[file]:
        assert source.count(old) == 1, f"{file} holds {source.count(old)} times, not once: {old}"
        start = source.index(old)
        mutants.append(Mutant(file, start, start + len(old), new, meaning))
    return mutants
