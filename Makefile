# `make chat` and `make test` do all their set-up themselves, in .venv. On a system without make, see "With plain pip" in README.md.
PYTHON ?= python3
BIN := .venv/bin

chat: .venv/installed
	$(BIN)/python app.py

test: .venv/installed-dev
	$(BIN)/python -m pytest

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/pip install --quiet --constraint constraints.txt --group dev
	touch $@

.PHONY: chat test check
