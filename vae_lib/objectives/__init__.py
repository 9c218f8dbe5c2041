"""Lower bounds on log p(x) and what else a training can raise, as functions of a model and a batch.

Every part has shape `[batch]` and unit nats, and larger is better: the minus sign and the mean over the batch are
written where a loss is made of them. Nothing here knows about optimisers, or more of a network than the few methods
that an objective calls.
"""

from vae_lib._renamed import submodules
from vae_lib.objectives.adversarial import (
    AdversarialModel,
    Deception,
    Discrimination,
    discriminator_bound,
    non_saturating,
    saturating,
)
from vae_lib.objectives.annealing import free_bits_elbo, warm_up
from vae_lib.objectives.conditional import (
    ConditionalModel,
    LabelFit,
    conditional_elbo,
    label_log_prob,
    told_nothing,
)
from vae_lib.objectives.discrete import (
    CategoricalElbo,
    CategoricalModel,
    Quantization,
    QuantizingModel,
    categorical_elbo,
    quantized_reconstruction,
)
from vae_lib.objectives.evidence import (
    BetaElbo,
    Elbo,
    LatentVariableModel,
    Reconstruction,
    beta_elbo,
    elbo,
    reconstruction,
)
from vae_lib.objectives.importance import (
    ImportanceWeightedBound,
    importance_weighted_bound,
    log_importance_weights,
)
from vae_lib.objectives.sequence import SequenceModel, sequence_elbo, words_of

__all__ = [
    "AdversarialModel",
    "BetaElbo",
    "CategoricalElbo",
    "CategoricalModel",
    "ConditionalModel",
    "Deception",
    "Discrimination",
    "Elbo",
    "ImportanceWeightedBound",
    "LabelFit",
    "LatentVariableModel",
    "Quantization",
    "QuantizingModel",
    "Reconstruction",
    "SequenceModel",
    "beta_elbo",
    "categorical_elbo",
    "conditional_elbo",
    "discriminator_bound",
    "elbo",
    "free_bits_elbo",
    "importance_weighted_bound",
    "label_log_prob",
    "log_importance_weights",
    "non_saturating",
    "quantized_reconstruction",
    "reconstruction",
    "saturating",
    "sequence_elbo",
    "told_nothing",
    "warm_up",
    "words_of",
]

__getattr__ = submodules(__name__, charges="annealing")
