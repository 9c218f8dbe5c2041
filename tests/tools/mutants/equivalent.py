"""Lists the changes by rule that no test can notice, since they alter nothing visible, each with the reason."""

from mutants import Mutant

SYMMETRIC = "the density of a normal is the same with x and μ swapped"
HOW_MUCH_AT_ONCE = "how many rows are computed at once is a matter of speed and memory"
ON_THE_CPU = "the tests run on the CPU, where it is already; the line is for other devices"
ON_A_GPU = "the tests run on the CPU, and the generator of a GPU is what this is for"

# By file: the function, the beginning of the changed line as it becomes, and why that is no fault.
REASONS = {
    "distributions.py": [
        (
            "gradients_per_draw",
            "mu, log_var = ((each).repeat(draws, 1) for each in (mu, log_var))",
            "the gradients are taken in the copies, whatever these come from",
        ),
        ("gradients_per_draw", "log_q = normal_log_prob(mu, z.detach(), log_var)", SYMMETRIC),
    ],
    "objectives/importance.py": [
        (
            "log_importance_weights",
            "return (log_w - normal_log_prob(mu, z, log_var)).view(num_samples, len(x))",
            SYMMETRIC,
        ),
    ],
    "objectives/annealing.py": [
        (
            "free_bits_elbo",
            "charged = torch.where(kls.mean(dim=0) >= free, kls, free)",
            "where the mean KL is just what is free, both choices have one mean",
        ),
    ],
    "objectives/discrete.py": [
        (
            "categorical_elbo",
            "kl = kl_categorical(logits, torch.ones_like(logits))",
            "equal logits make the uniform choice, whatever they are",
        ),
    ],
    "evaluation/aggregate.py": [
        ("", "CHUNK = ", HOW_MUCH_AT_ONCE),
        ("", "BLOCK = ", HOW_MUCH_AT_ONCE),
        ("_codes", "mu, log_var = ((torch.cat(parts)).double() for parts in zip(*codes, strict=True))", ON_THE_CPU),
        ("_information", "return normal_log_prob(mu, z, log_var) - torch.cat(log_mixture)", SYMMETRIC),
    ],
    "evaluation/bounds.py": [
        ("mean_elbo", "chunk: int = 1001,", HOW_MUCH_AT_ONCE),
        ("mean_elbo", "totals.append(torch.stack([(term).double().sum() for term in bound]))", ON_THE_CPU),
    ],
    "evaluation/measuring.py": [
        ("", "ROOM = ", HOW_MUCH_AT_ONCE),
        ("evaluating", "pass # torch.empty(ROOM", "without the room the same is computed, more slowly"),
        ("noise_from", "with torch.random.fork_rng(forked):", ON_A_GPU),
        ("noise_from", "pass # torch.get_device_module(each)", ON_A_GPU),
        ("noise_from", "torch.get_device_module(each).set_rng_state(each, torch.Generator(each)", ON_A_GPU),
    ],
    "evaluation/likelihood.py": [
        ("", "ROWS = ", HOW_MUCH_AT_ONCE),
        ("importance_sampled", "per_image.append((log_sum).double() - math.log(num_samples))", ON_THE_CPU),
    ],
}


def reason(mutant: Mutant) -> str | None:
    """Why the mutant is no fault, or None if it is one."""
    reasons = REASONS.get(mutant.file, [])
    return next((why for function, line, why in reasons if explains(function, line, mutant)), None)


def explains(function: str, line: str, mutant: Mutant) -> bool:
    """Whether this is the mutant that is meant."""
    return function == mutant.function and mutant.lines.startswith(line)
