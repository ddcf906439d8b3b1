# Tiếp Dân: every target sets up what it needs in .venv first. `make help` lists them.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# xdist workers of `make test`, each with its own servers
WORKERS ?= 2
# what `make test` runs: T=tests/ops, and further pytest arguments: ARGS='-k sweep -x'
T ?=
ARGS ?=

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

MUTATE_CLOCKS = rm -rf mutants; \
	$(BIN)/mutmut run --max-children $(WORKERS) $(if $(M),'$(M)') >mutation.log 2>&1 || { tail -n 40 mutation.log; exit 1; }; \
	tail -c 4000 mutation.log | tr '\r' '\n' | grep -a '🎉' | tail -n 1; \
	$(BIN)/mutmut results

.DEFAULT_GOAL := help
.PHONY: help install dev run test walk lint types format coverage mutation bench screenshots lock audit fuzz clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

install: ## set up .venv with what the product needs, and nothing more
	@scripts/setup $(VENV) requirements.txt "$(PYTHON)"

dev:
	@scripts/setup $(VENV) requirements-dev.txt "$(PYTHON)"

run: install ## start everything: database, queue, web, workers, clock; Ctrl-C stops it (PORT=8001 for another port)
	@exec $(BIN)/tiepdan run

test: dev ## run the whole suite (T=path, ARGS='-k name'), also while `make run` is running
	@exec $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS) $(T)

walk: dev ## walk every workflow at random, long (WALKS=60 a table, STEPS=60 each, TAKEN=2000 steps at least, SEED=n, ONLY=denunciation); prints the figures
	@WALKS=$(or $(WALKS),60) STEPS=$(or $(STEPS),60) TAKEN=$(or $(TAKEN),0) SEED=$(or $(SEED),20261125) $(BIN)/python -m pytest -s -q $(if $(ONLY),-k '$(ONLY)') tests/complaints/test_tables_walked.py tests/complaints/test_state_machines.py tests/reception/test_visit_machine.py

lint: dev ## check style and likely mistakes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "run 'make format'"; exit 1; }

types: dev ## check the types
	@$(BIN)/mypy

format: dev ## put the code into the house's form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

coverage: dev ## measure the pure core (rulebook, clocks, workflows) by its own tests; below 100% of its branches it fails
	@$(BIN)/coverage run -m pytest -q tests/law tests/complaints/core tests/reception/core tests/ops/test_diagrams.py tests/complaints/test_rehearsal.py tests/complaints/test_rules_page.py $(ARGS)
	@$(BIN)/coverage report

# mutmut keeps its work under mutants/; what a run before found is kept only while nothing there changed
mutation: dev ## change the clocks and the guards in every small way; lists what no test noticed (M='complaints.clock*' or M=complaints/workflow/base.py for a part)
ifneq ($(M),$(filter %.py,$(M)))
	@$(MUTATE_CLOCKS)
else ifeq ($(M),)
	@$(MUTATE_CLOCKS)
	@$(BIN)/python -m tests.mutants --workers $(WORKERS)
else
	@$(BIN)/python -m tests.mutants --workers $(WORKERS) $(M)
endif

bench: dev ## measure with 10,000 and 100,000 cases; writes var/bench.json and docs/performance.md
	@exec $(BIN)/python -m bench $(ARGS)

screenshots: dev ## take the pictures in docs/screenshots again
	@TIEPDAN_REQUIRE_BROWSER=1 TIEPDAN_SCREENSHOTS=1 $(BIN)/python -m pytest -m browser $(ARGS) $(T)

lock: dev ## pin the newest versions that requirements*.in allow (UP=name for one package)
	@$(COMPILE) $(if $(UP),--upgrade-package $(UP),--upgrade) -o requirements.txt requirements.in
	@$(COMPILE) $(if $(UP),--upgrade-package $(UP),--upgrade) -o requirements-dev.txt requirements-dev.in
	@! grep -nE 'https?://|file://' requirements.txt requirements-dev.txt

audit: dev ## ask the advisory databases about every locked package (exit code 2: they could not be asked)
	@scripts/audit $(BIN)

fuzz: dev ## fill every form with nonsense, long (POSTS=10000, SEED=n); prints the figures
	@FUZZ_POSTS=$(or $(POSTS),10000) FUZZ_SEED=$(or $(SEED),20261125) $(BIN)/python -m pytest -s -q tests/security/test_fuzz.py

clean: ## remove .venv and caches; the data under var/ stays
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
