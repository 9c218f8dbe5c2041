"""Lets `pytest --nbval` run the chapters as `make chapters` ran them: kernels inherit this environment."""

import os

# A progress bar on stderr would be compared with the stored output, which has none.
os.environ["TQDM_DISABLE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")
