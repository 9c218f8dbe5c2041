"""How fast the book is: training, evaluation, importing, building, reading, each measured against a target.

`make bench` measures everything and writes `results/` and `RESULTS.md`; `make bench ONLY="training pages"` measures
some and keeps the rest. No test and no CI gates on these numbers. See `README.md` for how each is taken.
"""
