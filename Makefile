# SPDX-License-Identifier: Apache-2.0
# Needs Python 3.11 or newer, git and make. Everything else comes into .venv, pinned and hashed.

# The first interpreter that is new enough; `make PYTHON=/path/to/python up` for another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin

# A set of requirements is installed when its stamp is there; another content is another stamp.
stamp = $(VENV)/$(1)-$(shell cat pyproject.toml requirements/$(1).txt | cksum | tr ' ' '-').stamp
UP := $(call stamp,up)
DEV := $(call stamp,dev)

.PHONY: up test bench picture requirements clean

## A whole community on this machine, ready to try.
up: $(if $(wildcard $(DEV)),,$(UP))
	@$(BIN)/kithroom up

## Everything that must hold, the real homeserver and the second client included.
test: $(DEV)
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest

## Measured beside plain clients in the same run.
bench: $(DEV)
	$(BIN)/python -m benchmarks
	PYTHONPATH=tests $(BIN)/python -m benchmarks.door
	$(BIN)/python -m benchmarks.lists
	PYTHONPATH=tests $(BIN)/python -m benchmarks.detecting

## The pictures in the docs: a conversation that is held for it, the door and the library as a phone shows them, and a first evening.
picture: $(DEV)
	PYTHONPATH=tests $(BIN)/python docs/pictures/conversation.py
	PYTHONPATH=tests $(BIN)/python docs/pictures/moderating.py
	PYTHONPATH=tests $(BIN)/python docs/pictures/coming_in.py
	PYTHONPATH=tests $(BIN)/python docs/pictures/library.py
	PYTHONPATH=tests $(BIN)/python docs/pictures/first_evening.py

$(VENV)/up-%.stamp: | $(BIN)/pip
	$(call install,up)
$(VENV)/dev-%.stamp: | $(BIN)/pip
	$(call install,dev)

define install
@echo "Installing what requirements/$(1).txt lists …"
@$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/$(1).txt
@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
@rm -f $(VENV)/$(1)-*.stamp
@touch $@
endef

$(BIN)/pip:
	@[ -n "$(PYTHON)" ] || { echo "Kithroom needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

## The requirement files again, from pyproject.toml (newest versions; `dev` is the union, the others follow it).
requirements: $(DEV)
	$(BIN)/python -m pip install --quiet uv
	rm -f requirements/dev.txt
	$(COMPILE) --extra postgres --extra homeserver --group build --group dev -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt --extra homeserver --group build -o requirements/up.txt
	$(COMPILE) -c requirements/dev.txt --extra postgres -o requirements/run.txt

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml

clean:
	rm -rf $(VENV)
