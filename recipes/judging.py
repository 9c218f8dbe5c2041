"""What the figures of several families share: the order of the digits, the number of samples, and the classifier."""

from vae_lib.data import Split

# Samples of z for each digit, over which the bound is averaged.
SAMPLES = 10
# The checkpoint of the classifier that reads what models draw.
JUDGE = "digit_classifier"


def by_class(split: Split) -> Split:
    """The split's digits class by class.

    Where only the subset is at hand, the validation digits come in another order; sorted, they meet the same noise.
    """
    order = split.labels.argsort(stable=True)
    return Split(split.images[order], split.labels[order])
