# `make help` lists the targets. Another interpreter: `make setup PYTHON=/path/to/python3`.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo $$python; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Nothing of the machine that makes the lock may end up in it.
COMPILE := env -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock" \
	$(BIN)/python -m piptools compile --quiet --no-config --generate-hashes --allow-unsafe \
	--strip-extras --build-deps-for editable --no-emit-options --no-emit-index-url \
	--no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup format lint test demo bench fuzz faults mlflow docs lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r target text; do \
		printf '  make %-8s %s\n' "$$target" "$$text"; done

setup: $(READY) ## build .venv from the hash-pinned lock and put envbot in it

$(READY): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { \
		echo "envbot needs Python 3.11 or newer and found none: install it, or name it with PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "envbot needs Python 3.11 or newer; $(PYTHON) is older or does not run" >&2; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV) || { \
		echo "$(PYTHON) cannot build a virtual environment; on Debian and Ubuntu install python3-venv" >&2; \
		rm -rf $(VENV); exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@$(BIN)/python -m compileall -q bot # as an installer does: uncompiled, a start takes twice as long
	@touch $(READY)

format: setup ## put the code in its one form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .

lint: setup ## check form, types and workflows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/zizmor --offline --quiet .github
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml

# Three workers, a file each: two cores are idle for a third of the time that conversations take.
test: setup ## run every test; no network beyond loopback
	$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

demo: setup ## play a release and its rollback on this machine; SERVE=1 leaves the servers up
	$(BIN)/envbot demo $(if $(SERVE),--serve)

bench: setup ## measure the hot paths
	$(BIN)/python -m benchmarks

fuzz: setup ## read a million and a half hostile texts; SHARE=0.01 reads fewer
	$(BIN)/python -m fuzz --share $(or $(SHARE),1)

faults: setup ## kill, disturb, reorder, plant bugs; LONG=1: 10,000 seeds, BUGS=1: bugs, CASE='STEP PLAN': one
	$(BIN)/python -m faults $(if $(CASE),--case $(CASE),$(if $(BUGS),bugs,$(if $(LONG),kinds singles seeds --count 10000 --resume .envbot-faults)))

docs: setup ## check that the documents say what the code does
	$(BIN)/pytest tests/test_documentation.py tests/test_workflows.py

lock: setup ## pin every dependency anew: requirements.lock to run, requirements-dev.lock to develop
	$(COMPILE) --extra sandbox --extra dev --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml

# MLflow needs 300 MB, so it is no part of the lock: this target fetches it, and only this one.
mlflow: setup ## score a real MLflow model, with an MLflow of its own
	test -x .envbot-mlflow/bin/python || $(BIN)/python -m venv .envbot-mlflow
	.envbot-mlflow/bin/python -m pip install --quiet --disable-pip-version-check mlflow-skinny pandas
	ENVBOT_MLFLOW_PYTHON=$(CURDIR)/.envbot-mlflow/bin/python $(BIN)/pytest -p no:xdist tests/jobs/test_mlflow_model.py

clean: ## remove everything that the other targets make
	rm -rf $(VENV) .envbot-sandbox .envbot-faults .envbot-mlflow .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage build dist *.egg-info
