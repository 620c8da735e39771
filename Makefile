# Every target does its own set-up in .venv; all it asks for is Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help up down demo test verify lint bench bench-judge bench-alerts bench-board bench-register planted mutate verify-data docs pictures clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */|/' | column -t -s '|'

# Asks for Docker with Compose and for nothing else.
PROFILE ?= everything
COMPOSE := docker compose --profile $(PROFILE)

up:  ## everything in containers: Kafka to Grafana, and a simulated city that sends (PROFILE=watch: without Grafana)
	@$(COMPOSE) up --detach --build --wait || { $(COMPOSE) ps --all; echo "what one of them says: docker compose logs NAME"; exit 1; }
	@deploy/addresses $(PROFILE)

down:  ## remove what `up` made, with all it has stored
	@docker compose --profile everything --profile watch down --volumes --remove-orphans

demo: $(STAMP)  ## a London day in fast motion, watched live (ARGS="--seconds 40 --headless")
	@$(BIN)/pledgewatch demo $(ARGS)

# Two at a time, then those that need the machine to themselves. Exit code 5: none of the tests asked for is of that kind.
test: $(STAMP)  ## every test; those on a real Kafka where Java 17 and Maven, or a container engine, are there (ARGS="-k name", ARGS=-n0 one by one)
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not alone and not compose" $(ARGS); some=$$?; [ $$some -eq 5 ] || [ $$some -eq 0 ] || exit $$some; \
	$(BIN)/python -m pytest -m alone $(ARGS); rest=$$?; [ $$rest -ne 5 ] || exit $$some; exit $$rest

verify: $(STAMP)  ## the whole of it in containers, and the board in a browser; installs an engine and images where there are none
	@tests/compose/engine/install
	@$(BIN)/python -m pytest -m "compose or browser" tests/compose tests/browser $(ARGS)

lint: $(STAMP)  ## ruff, mypy --strict and the layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(STAMP)  ## the durable job beside a bare loop, on a real Kafka
	@$(BIN)/python -m benchmarks $(ARGS)

bench-judge: $(STAMP)  ## ten million generated events through `judge`, beside a plain loop
	@$(BIN)/python -m benchmarks.judging $(ARGS)

bench-alerts: $(STAMP)  ## alerts rebuilt from Kafka, acted on and listed, on a real Redis
	@$(BIN)/python -m benchmarks.alerts $(ARGS)

bench-board: $(STAMP)  ## 10,000 open clocks and 200 viewers: from the ledger to their screens
	@$(BIN)/python -m benchmarks.board $(ARGS)

bench-register: $(STAMP)  ## the ledger of a London day into the register, on SQLite and a real PostgreSQL
	@$(BIN)/python -m benchmarks.register $(ARGS)

planted: $(STAMP)  ## plant known faults one by one; each must fail a test
	@$(BIN)/python -m tests.planted $(ARGS)

mutate: $(STAMP)  ## plant every small fault there is in clocks/; those no test notices must be argued (an hour)
	@test -x .mutation/bin/mutmut || $(MAKE) --no-print-directory .mutation
	@.mutation/bin/python -m tests.mutation $(ARGS)

# An environment of its own: mutmut wants a newer click than Faust allows. Pinned: tests/mutation calls what is inside it.
.mutation:
	@$(PYTHON) -m venv .mutation
	@grep -v '^click==' constraints.txt > .mutation/constraints.txt
	@.mutation/bin/pip install --quiet --disable-pip-version-check --constraint .mutation/constraints.txt mutmut==3.8.1 pytest \
	  pytest-asyncio hypothesis pydantic msgspec rfc8785 pyyaml rich tzdata holidays click prometheus-client

verify-data: $(STAMP)  ## compare with an independent calculation (DATA=path/to/export.csv.gz, of the police, fire or bank set)
	@$(BIN)/python tests/independent/verify_data.py $(DATA) $(ARGS)

pictures: $(STAMP)  ## draw the dashboards' panels from a real run by Grafana's own components, into docs/img (needs Node 20's npm)
	@command -v npm >/dev/null || { echo "make pictures needs npm, of Node 20 or newer"; exit 2; }
	@cd grafana/pictures && npm install --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel error && npm run --silent build
	@PYTHONPATH=tests/kafka $(BIN)/python -m tests.pictures $(ARGS)

docs: $(STAMP)  ## write the generated pages of docs/ anew
	@$(BIN)/python -m pledgewatch.docs

clean:  ## remove what the other targets made
	rm -rf $(VENV) .mutation mutants build grafana/pictures/node_modules *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "PledgeWatch needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (about a minute, once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
