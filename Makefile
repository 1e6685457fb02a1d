# Everything a person needs: `make demo` shows the main job, `make test` proves it, `make help` lists the rest.

PYTHON   ?= python3
VENV     := .venv
BIN      := $(VENV)/bin
OFFICIAL := .cache/official-client
OFFICIAL_VERSION := 3.1.0
JAVASCRIPT := .cache/official-javascript
INTEGRATIONS := .cache/integrations

DATABASE ?= ftrack.sqlite3
PORT     ?= 8060
SEED     ?= demo

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check format types docs serve bench clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.server ## Start a server with a small production and work on it with a Session.
	@$(BIN)/python examples/demo.py

test: $(VENV)/.dev $(OFFICIAL)/.ready $(JAVASCRIPT)/.ready $(INTEGRATIONS)/.ready ## Run every test, with the coverage rule of the protocol package.
	$(BIN)/python -m pytest -n auto --cov --cov-report=term $(TESTS)

check: $(VENV)/.dev ## Check format, lint, types and import layers.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code and mend what the linter can mend safely.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev ## Build the documentation into site/.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

serve: $(VENV)/.server ## Serve DATABASE (made and seeded when missing) on PORT.
	$(BIN)/ftrack-server serve --database $(DATABASE) --port $(PORT) --seed $(SEED) --log-format text

bench: $(VENV)/.dev $(OFFICIAL)/.ready ## Measure speed; every figure in docs/performance.md names its command.
	$(BIN)/python -m benchmarks

clean: ## Remove what the other targets made, the databases aside.
	rm -rf $(VENV) .cache site build dist .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or newer is needed, $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "$(PYTHON) cannot make a virtual environment. On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.server: $(VENV)/.python pyproject.toml
	@echo "Installing ftrack-api with its server into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --editable '.[server]'
	@touch $@

$(VENV)/.dev: $(VENV)/.server
	@echo "Installing what tests, checks and documentation need into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --group dev
	@touch $@

# The official client is run as a program, in an environment of its own, to prove that it works with our server.
$(OFFICIAL)/.ready:
	@echo "Installing the official client $(OFFICIAL_VERSION) into $(OFFICIAL) ..."
	@$(PYTHON) -m venv $(OFFICIAL)
	@$(OFFICIAL)/bin/python -m pip install --quiet 'ftrack-python-api==$(OFFICIAL_VERSION)' 2>&1 | grep -v -i 'warning\|notice' || true
	@$(OFFICIAL)/bin/python -c 'import ftrack_api; assert ftrack_api.__version__ == "$(OFFICIAL_VERSION)"'
	@touch $@

# Likewise the official JavaScript client; without Node.js its tests are skipped, and say so.
$(JAVASCRIPT)/.ready:
	@mkdir -p $(JAVASCRIPT)
	@if command -v npm >/dev/null; then \
		echo "Installing the official JavaScript client into $(JAVASCRIPT) ..."; \
		echo '{"private": true}' > $(JAVASCRIPT)/package.json; \
		npm install --prefix $(JAVASCRIPT) --no-audit --no-fund --silent @ftrack/api@1.11; \
	else echo "npm is not installed: tests of the JavaScript client will be skipped."; fi
	@touch $@

# What others have built on the official client; without the client itself, which would take the place of ours.
$(INTEGRATIONS)/.ready: $(VENV)/.python
	@echo "Installing packages of others into $(INTEGRATIONS) ..."
	@$(BIN)/python -m pip install --quiet --no-deps --upgrade --target $(INTEGRATIONS) \
		ftrack-query==2.0.0 trackteroid==0.1.0rc5 ftrack-action-handler==0.3.1 future wrapt
	@touch $@
