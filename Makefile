# The book's commands. Each sets up what it needs, in .venv; `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
NOTEBOOKS ?= book/*.ipynb
NEWEST ?= $(PYTHON)
# Two processes of one thread each: threads that share a core wait for each other, and slow down tenfold.
JOBS ?= 2
# Tests that drive a browser mostly wait for it: one more process keeps the cores busy.
TESTERS ?= $(shell expr $(JOBS) + 1)
PDF ?= _build/pdf/vae-book.pdf
# All but those that need built pages, run chapters, or try the other tests.
LIBRARY_TESTS := tests/library tests/widgets tests/tools --ignore=tests/tools/test_mutants.py

.PHONY: help book pdf test coverage mutants newest bench chapters lint links audit lab pins clean
.DEFAULT_GOAL := help

help:  ## list the commands
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

# Always from scratch: given an earlier _build, Sphinx repeats no warnings and would call a broken book good.
book: $(VENV)/.book  ## build the HTML from the stored outputs, warnings as errors
	@rm -rf _build
	@$(BIN)/jupyter-book build . -W -n --keep-going -q

pdf: $(VENV)/.test book  ## print the whole book into _build/pdf/vae-book.pdf and check it
	@tests/tools/install_browser.sh
	@$(BIN)/python book/print_book.py $(PDF)
	@PRINTED_BOOK=$(PDF) $(BIN)/python -m pytest -q tests/book/test_print.py

# Style and layout first: faults found in seconds should not wait for tests that take half an hour.
test: $(VENV)/.test lint book  ## every test: library, chapters, JavaScript, the built pages in a browser
	@tests/tools/install_browser.sh
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --nbval -n $(TESTERS) --dist loadfile --no-loadscope-reorder

coverage: $(VENV)/.test book  ## measure which branches of the library and recipes their tests take, no chapter and no browser
	@$(BIN)/coverage erase
	OMP_NUM_THREADS=1 $(BIN)/coverage run -m pytest -q -n $(JOBS) --dist loadfile -m "not browser" $(LIBRARY_TESTS)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report

mutants: $(VENV)/.test  ## plant faults in the library, one at a time: the tests must notice (ONLY="evaluation/intervals.py")
	PYTHONPATH=tests/tools $(BIN)/python -m mutants --jobs $(JOBS) $(ONLY)

# What the library asks for and what runs a notebook, without our pins: the Colab of tomorrow.
newest: $(VENV)/.test  ## run each chapter alone with the newest of all packages (NEWEST=python3.13: and that Python)
	@echo "Setting up .venv-newest: with PyTorch's CUDA libraries about 6 GB."
	@$(NEWEST) -m venv --clear .venv-newest
	@.venv-newest/bin/python -m pip install -qq --upgrade pip
	@.venv-newest/bin/python -m pip install -qq --upgrade ipykernel nbclient \
	  $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"])')
	@.venv-newest/bin/python --version && .venv-newest/bin/python -m pip freeze
	ALONE_WITH=.venv-newest/bin/python OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadfile \
	  tests/book/test_alone.py -k nothing_but_the_wheel

bench: $(VENV)/.test book  ## measure all speeds, see benchmarks/ (ONLY="training pages" for some)
	@tests/tools/install_browser.sh
	$(BIN)/python -m benchmarks $(ONLY)

chapters: $(VENV)/.book  ## run the chapters and store their outputs (NOTEBOOKS=book/one.ipynb for one)
	$(BIN)/python book/execute.py --jobs $(JOBS) $(NOTEBOOKS)

lint: $(VENV)/.test  ## check in seconds the style of all Python, notebooks included, and the layout of the library
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -q tests/tools/test_architecture.py

links: $(VENV)/.book  ## check the links to other sites (needs the network)
	@$(BIN)/jupyter-book build . --builder linkcheck -q

audit:  ## look for known vulnerabilities of all that is pinned (needs the network)
	@$(PYTHON) tests/tools/audit.py $(VENV)/audit

lab: $(VENV)/.book  ## open the chapters in JupyterLab
	$(BIN)/jupyter lab book

pins: $(VENV)/.test  ## write constraints.txt anew from what the environment holds
	$(BIN)/python tests/tools/pins.py

clean:  ## remove what was built, the environment too
	rm -rf _build build *.egg-info $(VENV) .venv-newest .pytest_cache .ruff_cache .hypothesis .coverage*

# Stamps: an environment is set up once, and again when its contents are to change.
$(VENV)/.book: requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("The book needs Python 3.11 or later, $(PYTHON) is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@echo "Setting up $(VENV): about 2 GB, a few minutes the first time."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install -qq -r requirements.txt
	@touch $@

$(VENV)/.test: $(VENV)/.book tests/requirements.txt
	@$(BIN)/python -m pip install -qq -r tests/requirements.txt
	@$(BIN)/python tests/tools/install_axe.py $(VENV)
	@touch $@
