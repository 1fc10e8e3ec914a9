# `make up` and `make test` do all their own set-up; they need Python 3.11 or newer, make and git.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# The version in tools/pulumi/go.mod; the binary says it of itself.
PULUMI := $(shell sed -n 's|.*github.com/pulumi/pulumi/pkg/v3 v\([0-9.]*\).*|\1|p' tools/pulumi/go.mod)
# The day that counts as today for the sample mesh, so that its reviews and agreements never lapse. `make up AS_OF=` takes today's.
AS_OF  ?= 2026-12-01
# The second judge's own environment: checkov pins an older boto3 than the mesh has.
JUDGE  := .tools/judge
# dbt's, for the tests that run it.
DBT    := .tools/dbt
# AWS CDK's, for the benchmark that compares plans with it.
CDK    := .tools/cdk
# The documentation as a site: MkDocs, and what reads its pictures and pages in the tests.
SITE   := .tools/site
ARGS   ?=
# Faults of Pulumi's own engine that come and go (docs/surprises.md): a test that meets one runs again, three times at most, and pytest counts it.
CONNECTION_LOST := Resource monitor has terminated|Failed to connect to remote host
STATE_TORN := failed to load checkpoint: EOF
# Set in many container images: every `mesh` and every worker of the tests would compile pulumi_aws and moto anew.
unexport PYTHONDONTWRITEBYTECODE
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help up test test-all e2e pulumi check judge dbt cdk site format bench exceptions guardrails lock mutants pictures reference schemas screenshots shapes statements clean

help: ## This list
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

up: $(VENV)/.installed ## The whole sample mesh in an emulated AWS organisation
	@$(BIN)/mesh up $(if $(AS_OF),--as-of $(AS_OF)) $(ARGS)

test: $(VENV)/.developer ## The tests, but for the long ones and those under Pulumi's own engine
	@$(BIN)/python -m pytest -m "not long and not e2e" $(SIDE_BY_SIDE) $(ARGS)

test-all: test $(DBT)/.installed $(SITE)/.installed ## The tests, then the long ones: all but those under Pulumi's own engine
	@$(BIN)/python -m pytest -m "long and not e2e" $(SIDE_BY_SIDE)

e2e: $(VENV)/.developer pulumi ## The tests under Pulumi's own engine, with a pulumi that is found or built first
	@$(BIN)/python -m pytest -m e2e $(SIDE_BY_SIDE) --reruns 3 --only-rerun "$(CONNECTION_LOST)" --only-rerun "$(STATE_TORN)" $(ARGS)

pulumi: $(VENV)/.installed ## A Pulumi CLI: the one on PATH, else the pinned one, built into .tools/
	@$(BIN)/python -m sandbox.runs.pulumi_cli || { command -v go >/dev/null && $(MAKE) --no-print-directory .tools/pulumi; } \
		|| { command -v go >/dev/null || echo "no pulumi and no Go were found: install the Pulumi CLI (https://www.pulumi.com/docs/iac/download-install/), or Go 1.25 or newer" >&2; exit 2; }
	@command -v pulumi-language-python >/dev/null || $(BIN)/python -m sandbox.runs.language_host --install .tools

.tools/pulumi: tools/pulumi/go.mod tools/pulumi/go.sum
	@echo "building pulumi $(PULUMI) into .tools/ (once, about four minutes)" >&2
	@mkdir -p .tools
	@go build -C tools/pulumi -o "$(CURDIR)/.tools/pulumi" \
		-ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$(PULUMI)" \
		github.com/pulumi/pulumi/pkg/v3/cmd/pulumi

check: $(VENV)/.developer ## Linters, format, types, generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright
	@$(BIN)/mesh schemas --check
	@$(BIN)/python -m mesh.proof.policy_page --check
	@$(BIN)/python -m tools.shapes --check
	@$(BIN)/python -m tools.guardrails --check
	@$(BIN)/python -m tools.pictures --check
	@$(BIN)/python -m tools.reference --check

judge: $(VENV)/.installed $(JUDGE)/.installed ## What tools that nobody here wrote object to, less what is suppressed with a reason
	@command -v actionlint >/dev/null || ! command -v go >/dev/null || $(MAKE) --silent .tools/actionlint
	@$(BIN)/mesh plan --as-of $(AS_OF) --json | PATH="$(CURDIR)/.tools:$$PATH" $(JUDGE)/bin/python -m tools.judge

$(JUDGE)/.installed: tools/judge/requirements.lock
	@echo "setting up $(JUDGE) (once, about a minute)" >&2
	@$(PYTHON) -m venv $(JUDGE)
	@$(JUDGE)/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r $<
	@touch $@

dbt: $(DBT)/.installed ## dbt in an environment of its own, which tests of `make test-all` run

$(DBT)/.installed: tools/dbt/requirements.lock
	@echo "setting up $(DBT) (once, about a minute)" >&2
	@$(PYTHON) -m venv $(DBT)
	@$(DBT)/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r $<
	@touch $@

cdk: $(CDK)/.installed ## AWS CDK in .tools/, with which `make bench` compares plans

$(CDK)/.installed: benchmarks/cdk/package.json benchmarks/cdk/package-lock.json
	@command -v npm >/dev/null || { echo "no npm was found: install node 20 or newer (https://nodejs.org)" >&2; exit 2; }
	@echo "setting up $(CDK) (once, about half a minute)" >&2
	@mkdir -p $(CDK)
	@cp benchmarks/cdk/package.json benchmarks/cdk/package-lock.json $(CDK)
	@npm ci --prefix $(CDK) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

site: $(SITE)/.installed ## The documentation as a site in build/site, every link of it checked
	@NO_MKDOCS_2_WARNING=1 $(SITE)/bin/python -m mkdocs build $(ARGS)
	@$(SITE)/bin/python -m tools.site.links build/site
	@echo "build/site/index.html" >&2

$(SITE)/.installed: tools/site/requirements.lock tools/site/package.json tools/site/package-lock.json
	@command -v npm >/dev/null || { echo "no npm was found: install node 20 or newer (https://nodejs.org)" >&2; exit 2; }
	@echo "setting up $(SITE) (once, about half a minute)" >&2
	@$(PYTHON) -m venv $(SITE)
	@$(SITE)/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r $<
	@cp tools/site/package.json tools/site/package-lock.json $(SITE)
	@npm ci --prefix $(SITE) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

.tools/actionlint: tools/actionlint/go.mod tools/actionlint/go.sum
	@go build -C tools/actionlint -o "$(CURDIR)/$@" github.com/rhysd/actionlint/cmd/actionlint

format: $(VENV)/.developer ## Formats the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: $(VENV)/.developer ## Speed and memory, as ratios in one run
	@! command -v npm >/dev/null || $(MAKE) --silent cdk || true # without it the benchmark of plans says that it is skipped
	@$(BIN)/python -m benchmarks $(ARGS)

schemas: $(VENV)/.developer ## Writes schemas/ anew, those of the sample mesh
	@$(BIN)/mesh schemas

pictures: $(VENV)/.developer ## Writes the pictures of docs/ anew, drawn from the sample mesh
	@$(BIN)/python -m tools.pictures

reference: $(VENV)/.developer ## Writes docs/reference/ anew: commands, YAML keys and components, from the code
	@$(BIN)/python -m tools.reference

screenshots: $(VENV)/.developer $(SITE)/.installed ## Writes docs/screenshots/ anew, by the test that opens the site in Chromium
	@MESH_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest -q -m long tests/site/test_opened.py

shapes: $(VENV)/.developer ## Writes mesh/aws/shapes.json anew: the limits that botocore's models have of what the mesh emits
	@$(BIN)/python -m tools.shapes

statements: $(VENV)/.developer ## Writes docs/statements.md anew, for which it drops every statement in turn
	@$(BIN)/python -m mesh.proof.policy_page

guardrails: $(VENV)/.developer ## Writes mesh/guardrail_rules.json anew: the rules of the policy pack, as validation knows them
	@$(BIN)/python -m tools.guardrails

exceptions: $(VENV)/.developer ## Writes docs/exceptions.md anew: whom a refusal does not hold against, and why
	@$(BIN)/python -m mesh.proof.policy_page --exceptions

mutants: $(VENV)/.developer ## Writes docs/verdicts.json anew: every mistake in a policy, where something changed
	@$(BIN)/mesh prove --mutate --verdicts docs/verdicts.json --as-of $(AS_OF)

lock: $(VENV)/.developer ## Renews the lock files
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--extra sandbox --extra data --group build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		-c requirements.lock --extra sandbox --extra data --extra proof --group dev pyproject.toml -o requirements-dev.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		tools/judge/requirements.in -o tools/judge/requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-strip-extras \
		tools/dbt/requirements.in -o tools/dbt/requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		tools/site/requirements.in -o tools/site/requirements.lock

clean: ## Removes the virtual environment and what was generated
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis build dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, $$($(PYTHON) --version) was found; name another with 'make PYTHON=…'" >&2; exit 2; }
	@echo "setting up $(VENV) (once, about a minute)" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developer: requirements-dev.lock $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
