"""What PyTorch writes for the tests of the pair of decoders: a payload, read here as one half of the pair."""

from tests.widgets.kit.reference import payload_fixture as reference

__all__ = ["reference"]
