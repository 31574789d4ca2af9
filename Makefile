# Needs Python 3.11 or newer, make and git. `make help` lists the targets.
SHELL := /bin/sh
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo demo-reset serve test check format openapi schema traceability lock audit licences sbom routes clean environment-run environment-dev

PORT ?= 8000
ARGS ?=
VENV_PYTHON := .venv/bin/python
OURS := $(sort $(wildcard questionnaires/*/*.yaml))

help: ## List the targets
	@echo "make TARGET   (PORT=8000 for another port, ARGS='-k word' for pytest)"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)$$/  \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done

demo: environment-run ## Install, load both demonstrations and serve on 127.0.0.1:8000; run again, it keeps the data
	@$(VENV_PYTHON) -m app.cli demo --port $(PORT)

demo-reset: environment-run ## The same, starting over with new data and passwords
	@$(VENV_PYTHON) -m app.cli demo --reset --port $(PORT)

serve: environment-run ## Serve what is in the data folder, without the demonstrations
	@$(VENV_PYTHON) -m app.cli serve --port $(PORT)

test: environment-dev ## Run the whole suite: core, services on SQLite and PostgreSQL, API, browser
	@$(VENV_PYTHON) -m tools.chromium
	@$(VENV_PYTHON) -m pytest -n 2 --dist worksteal $(ARGS)

check: environment-dev ## Lint, format, types, import contracts, templates, dependencies, OpenAPI, migrations, questionnaires
	@$(VENV_PYTHON) -m tools.check

format: environment-dev ## Format the code and correct what can be corrected safely
	@$(VENV_PYTHON) -m ruff check --fix --exit-zero --quiet .
	@$(VENV_PYTHON) -m ruff format .

openapi: environment-dev ## Renew docs/openapi.json
	@$(VENV_PYTHON) -m app.cli openapi > docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json

schema: environment-dev ## Renew docs/questionnaire.schema.json
	@$(VENV_PYTHON) -m app.cli questionnaire schema > docs/questionnaire.schema.json.new && mv docs/questionnaire.schema.json.new docs/questionnaire.schema.json

traceability: environment-dev ## Renew docs/traceability.md
	@$(VENV_PYTHON) -m app.cli questionnaire trace $(OURS) > docs/traceability.md.new && mv docs/traceability.md.new docs/traceability.md

COMPILE := -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate --quiet
lock: environment-dev ## Write both lock files again from pyproject.toml (ARGS=--upgrade for newer versions)
	$(VENV_PYTHON) $(COMPILE) $(ARGS) -o requirements/run.lock
	$(VENV_PYTHON) $(COMPILE) $(ARGS) --group dev --constraints requirements/run.lock -o requirements/dev.lock

audit: environment-dev ## Ask the vulnerability database about every locked package (needs the network)
	$(VENV_PYTHON) -m pip_audit --disable-pip --require-hashes -r requirements/run.lock
	$(VENV_PYTHON) -m pip_audit --disable-pip --require-hashes -r requirements/dev.lock

licences: environment-dev ## Renew docs/licences.md from the lock
	@$(VENV_PYTHON) -m tools.licences

sbom: environment-dev ## Write the bill of materials (CycloneDX) to dist/sbom.json
	@$(VENV_PYTHON) -m tools.bom

routes: environment-dev ## Renew docs/routes.txt
	@$(VENV_PYTHON) -m tools.routes

clean: ## Remove .venv and what tools left behind; the data in var/ stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find app tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

environment-run environment-dev:
	@python=$$(sh tools/python.sh) && "$$python" tools/environment.py $(@:environment-%=%)
