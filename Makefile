# `make demo` shows what dlscaffold does; `make test` proves it. `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= demo

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

install: $(VENV)/.installed ## install dlscaffold and its tools into .venv

demo: install ## generate Keras with Flask, train, export, serve and smoke-test it
	@test ! -e $(DEMO)/digit-classifier || { \
	  echo "$(DEMO)/digit-classifier is there already: remove it, or set DEMO=folder." >&2; exit 2; }
	$(BIN)/dlscaffold new digit-classifier --framework keras --target flask -o $(DEMO)
	$(BIN)/dlscaffold smoke $(DEMO)/digit-classifier
	@echo
	@echo "Serve it:    cd $(DEMO)/digit-classifier && make serve"
	@echo "Look at it:  http://127.0.0.1:8501"
	@echo "Pictures:    $(DEMO)/digit-classifier/reports/"

test: lint test-fast ## run the tests, real training and serving included
	$(BIN)/python -m pytest -m "e2e and not more" -n 2 --dist loadgroup

test-more: install ## take given models, and Keras on JAX and PyTorch, to serving too
	$(BIN)/python -m pytest -m "e2e and more" -n 2 --dist loadgroup

test-fast: install ## run the tests that need no framework (about two minutes)
	$(BIN)/python -m pytest -m "not e2e" -n auto --dist loadgroup

lint: install ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: help install demo test test-more test-fast lint
.DEFAULT_GOAL := help
