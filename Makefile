# Everything from a machine with Python 3.11+ and make. `make` alone lists what there is.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
WORKERS ?= auto
# Compiled Python is kept whatever the shell says: or every process compiles the product anew.
export PYTHONDONTWRITEBYTECODE :=
ARGS ?=

BIN := .venv/bin
STAMPS := var/stamps
# Written last by npm: without it the folder is lost or half filled, whatever the stamp says.
NODE_LOST := $(if $(wildcard node_modules/.package-lock.json),,$(STAMPS)/node)
CATALOGUES := $(wildcard */locale/*/LC_MESSAGES/django.po)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench fmt shell i18n assets schema lock clean $(NODE_LOST)

help:
	@grep -E '^[a-z0-9]+:.*##' Makefile | sed -E 's/:.*## /	/' | expand -t 10

setup: $(STAMPS)/python $(STAMPS)/node i18n ## install what is needed (the others call it)

demo: setup ## load the demonstration, run everything, pay one purchase; Ctrl-C ends it
	@exec $(BIN)/python -m config.demo

test: setup ## all tests, on every core
	@.ci/chromium || true
	@exec $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: setup ## linters, types, imports, migrations, templates, API schema, deployment
	@exec .ci/check

bench: setup ## measure, print ratios, write docs/benchmarks.md
	@exec $(BIN)/python -m benchmarks $(ARGS)

fmt: setup ## put the code in its usual form
	$(BIN)/ruff check --fix --quiet --exit-zero
	$(BIN)/ruff format

shell: setup ## a Python shell with the product loaded
	@exec $(BIN)/python manage.py shell

i18n: $(CATALOGUES:.po=.mo) ## compile the translations

assets: setup ## gather static files the way production serves them
	VAFA_SERVICES=off $(BIN)/python manage.py collectstatic --noinput

schema: setup ## write docs/openapi.yaml from the code
	VAFA_SERVICES=off $(BIN)/python manage.py spectacular --fail-on-warn --file docs/openapi.yaml

lock: setup ## renew requirements.lock and package-lock.json within the ranges
	$(BIN)/uv pip compile pyproject.toml --all-extras --generate-hashes --universal \
		--python-version 3.11 --no-emit-index-url --no-header --upgrade --quiet -o requirements.lock
	.ci/npm update --package-lock-only

clean: ## forget everything made here, data included
	rm -rf .venv node_modules var */locale/*/LC_MESSAGES/*.mo

$(STAMPS)/python: requirements.lock | $(STAMPS)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/pip || .ci/venv "$(PYTHON)"
	@echo "Installing Python packages …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r requirements.lock
	@touch $@

$(STAMPS)/node: package-lock.json | $(STAMPS)/python $(STAMPS)
	@echo "Installing front-end assets …"
	@.ci/npm ci --loglevel=error
	@touch $@

%.mo: %.po | $(STAMPS)/python
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale fa

$(STAMPS):
	@mkdir -p $@
