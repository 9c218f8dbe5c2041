"""What the figures of several families share: the digits' order, how many samples, who reads. It knows no file."""

from vae_lib.data import Split

# Of z for each digit, in the mean of the bound.
SAMPLES = 10
# The checkpoint that reads what models write.
JUDGE = "digit_classifier"


def by_class(split: Split) -> Split:
    """The split's digits class by class.

    The validation digits come in another order where only the subset is at hand, and must meet the same noise.
    """
    order = split.labels.argsort(stable=True)
    return Split(split.images[order], split.labels[order])
