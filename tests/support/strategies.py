"""Generates tensors of many shapes, magnitudes and precisions for property tests, and sets their tolerances."""

import numpy as np
import torch
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from torch.distributions import Normal

# float32 of a sum of a few terms; the truth is computed in float64 from the same numbers.
TOLERANCES = {torch.float32: {"rtol": 2e-5, "atol": 2e-5}, torch.float64: {"rtol": 1e-11, "atol": 1e-11}}
LOG_VARS = (-30, 20)
MEANS = (-1000, 1000)
# Means and log variances of Gaussians that an integral over a grid can reach.
NORMALS_1D = [(0.0, 0.0), (1.5, -2.0), (-3.0, 1.0), (0.2, -6.0), (20.0, 3.0)]
everywhere = settings(max_examples=200, deadline=None, derandomize=True)


@st.composite
def matrices(draw, *ranges):
    """Tensors of one shape `[batch, dimensions]` and one precision, each with entries from its range."""
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    shape = draw(array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=5))
    width = np.dtype(dtype).itemsize * 8
    entries = [st.floats(low, high, width=width, allow_subnormal=False) for low, high in ranges]
    return tuple(torch.from_numpy(draw(arrays(dtype, shape, elements=each))) for each in entries)


def normal(mu, log_var):
    """The outside truth, in float64."""
    return Normal(mu.double(), torch.exp(0.5 * log_var.double()))


def agree(came, expected):
    assert came.isfinite().all()
    torch.testing.assert_close(came.double(), expected, **TOLERANCES[came.dtype])
