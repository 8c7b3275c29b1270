# make book    build the book into _build/html, running every notebook, unless nothing changed; warnings are errors
# make pdf     print it into one file, by Chromium or Chrome
# make serve   show it at http://127.0.0.1:8000
# make test    all that CI runs: lint, library, notebooks, browser (each is a target of its own)
# make clean   remove what was built
# Each installs what it needs into .venv first, once.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: book pdf serve test lint library notebooks browser clean

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
BUILT := _build/.built
# What the pages are made of; folders too, so that a removed file counts as a change. (`book` is a target, so book/.)
# Hidden files are left out, as an editor's lock leads nowhere; so are names with a space, which make reads as two.
SOURCES := _config.yml _toc.yml $(shell find book/ tools/sphinx_ext fer_lib data \
	-not -path '*/__pycache__*' -not -path '*/.*' -not -path '* *' -not -path 'data/fer2013*')

# Notebooks run without FER2013 and without a GPU, in under a minute each.
export FER_PROFILE := quick

# $(call timed,name,command): run the command, then say how long it took.
# (`|| exit`: macOS has make 3.81, which knows no .SHELLFLAGS.)
timed = @start=$$(date +%s); $(2) || exit; seconds=$$(( $$(date +%s) - start )); \
	printf '== %s: %d min %02d s\n' '$(1)' $$((seconds / 60)) $$((seconds % 60))

$(INSTALLED): requirements.txt requirements-no-deps.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'This needs Python 3.11 or newer; name one: make book PYTHON=python3.11'; exit 1; }
	@$(BIN)/python -c 'import pip' 2> /dev/null || $(PYTHON) -m venv --clear .venv
	$(call timed,install,$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -e . && \
		$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements-no-deps.txt)
	@mkdir -p $(@D) && touch $@

book: $(BUILT)
	@echo 'The book is in _build/html: make serve shows it'

# Always from nothing: the notebook cache looks at a notebook's code only, so after a change in fer_lib it would show
# the results of the old one; and a second build over a failed one does not report the failure again.
$(BUILT): $(INSTALLED) $(SOURCES)
	@rm -rf _build
	$(call timed,book,$(BIN)/jupyter-book build . -W -n --keep-going -q || \
		{ echo 'The book was not built: the lines above name the page and what is wrong with it'; exit 1; })
	@$(BIN)/python -m compileall -q fer_lib tools/sphinx_ext  # a first import later would change their folders
	@touch $@

pdf: $(BUILT)
	@$(BIN)/jupyter-book build . --builder singlehtml -n --keep-going -q
	@$(BIN)/python tools/pdf.py

serve: $(BUILT)
	$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory _build/html

test: lint library notebooks browser

lint: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python tools/check_notebooks.py

library: $(INSTALLED)
	$(call timed,library,$(BIN)/pytest -q -n 2 --dist loadfile -m 'not browser' tests fer_lib)

# As a reader on Colab has them: in a folder that holds nothing else, with the wheel before the checkout on the path.
# (In the checkout they run when the book is built.)
# One thread each: two kernels on two cores with more threads would wait for each other, several times as long.
notebooks: $(INSTALLED)
	@rm -rf build && mkdir -p build/notebooks
	@$(BIN)/python -m build --wheel --no-isolation --outdir build . > build/wheel.log || { cat build/wheel.log; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target build/installed build/*.whl
	@cp book/*.ipynb build/notebooks
	$(call timed,notebooks,OMP_NUM_THREADS=1 PYTHONPATH="$(CURDIR)/build/installed" \
		$(BIN)/pytest -q -n 2 --dist loadfile --nbval-lax --nbval-cell-timeout 300 build/notebooks)

# Last, and pytest's closing line is the last of all.
browser: $(BUILT)
	@$(BIN)/pytest -q -rs -m browser tests

clean:
	rm -rf _build build dist .pytest_cache .ruff_cache .hypothesis
	find book fer_lib tests tools -name __pycache__ -prune -exec rm -rf {} +
