# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Of the tests: two more than cores, because much of their time is waiting for servers.
PROCESSES ?= 4

.PHONY: demo test test-fast coverage lint format kit promtool kit-lock bench peers peers-lock attack campaign docs lock record-histories chromium node-client clean

## make demo: the main job on the embedded default (KEEP=1 leaves it running)
demo: $(READY)
	$(BIN)/pingtai demo $(if $(filter-out 0,$(KEEP)),--keep)

# Compiled modules are kept, whatever the machine's settings say: three processes and a hundred commands use them.
test test-fast coverage: export PYTHONDONTWRITEBYTECODE =

## make test: all tests, on the real Temporal server and the real PostgreSQL
test: $(READY) chromium node-client
	$(BIN)/python -m pytest -n $(PROCESSES) --dist worksteal

## make test-fast: what needs no server, in half a minute: rules, replay, forms, documents
test-fast: $(READY)
	$(BIN)/python -m pytest -n logical --dist worksteal -q --fast tests/rules tests/replay tests/starter tests/docs

# The data of all processes lie in one place, wherever each of them works.
coverage: export COVERAGE_FILE = $(abspath $(VENV))/coverage

## make coverage: the branches that all tests without a server take; fails below the floor in pyproject.toml
coverage: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n logical --dist worksteal -q --fast
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# Debian's own, in which a test opens a report. Where it cannot be had, that test is skipped and says why.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null; } || \
		echo "no chromium here: the test that opens a report in a browser will be skipped"

# Temporal's client for TypeScript: a test compiles and runs the example. It lies in the virtual environment.
NODE_CLIENT := $(VENV)/node-client
TYPESCRIPT := examples/integration/typescript
SKIPPED := the test that runs the TypeScript example will be skipped

node-client: $(READY)
	@if ! command -v npm >/dev/null || ! node -e 'process.exit(Number(parseInt(process.versions.node) < 20))'; then \
		echo "no node of version 20 or newer with npm here: $(SKIPPED)"; \
	else $(MAKE) -s $(NODE_CLIENT)/.ready || \
		echo "npm could not install @temporalio/client: $(SKIPPED)"; fi

# No scripts of packages are run: the client is plain JavaScript.
$(NODE_CLIENT)/.ready: $(TYPESCRIPT)/package.json $(TYPESCRIPT)/package-lock.json
	@rm -rf $(NODE_CLIENT) && mkdir -p $(NODE_CLIENT) && cp $^ $(NODE_CLIENT)
	@cd $(NODE_CLIENT) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-retry-mintimeout=1000
	@touch $@

## make lint: format, lint, types, and that imports run one way
lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# The linters of deploy/ have an environment of their own: with the schemas of Kubernetes they are larger than all else.
KIT := $(VENV)/kit/bin

## make kit: check what deploy/ has for operators, each by the linter of its kind
kit: $(VENV)/kit/.ready promtool
	$(KIT)/hadolint deploy/Containerfile
	$(KIT)/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose/compose.yaml
	$(KIT)/kubernetes-validate --quiet --strict deploy/kubernetes/[!k]*.yaml
	cd deploy/prometheus && if command -v promtool >/dev/null; then \
		promtool check rules alerts.yaml && promtool test rules alerts_test.yaml; fi

promtool:
	@command -v promtool >/dev/null || \
		{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus >/dev/null; } || \
		echo "no promtool here (Debian: prometheus): the alerts are not checked"

$(VENV)/kit/.ready: deploy/linters.lock $(READY)
	$(PYTHON) -m venv $(VENV)/kit
	$(KIT)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--requirement deploy/linters.lock
	@touch $@

## make kit-lock: write deploy/linters.lock anew
kit-lock:
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(VENV)/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
		--no-emit-index-url --custom-compile-command 'make kit-lock' --output-file deploy/linters.lock deploy/linters.in

## make format: put the code in its form
format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## make bench: measure beside a bare workflow, and write docs/performance.md
bench: $(READY)
	$(BIN)/python -m bench
	$(BIN)/python -m bench.command_times
	$(BIN)/python -m bench.encryption
	$(BIN)/python -m bench.signing

# DBOS and Restate have environments of their own: what they need would bind what we do. No scripts of packages are
# run: one of the server's reports who installs it.
PEERS := $(VENV)/peers

## make peers: measure beside DBOS and Restate, and write their section of docs/performance.md (QUICK=1 only tries)
peers: $(PEERS)/.ready
	$(BIN)/python -m bench.peers $(if $(filter-out 0,$(QUICK)),--quick)

$(PEERS)/.ready: bench/peers/dbos.lock bench/peers/restate.lock bench/peers/package-lock.json $(READY)
	@command -v npm >/dev/null || { echo "no npm here, by which Restate's server is installed"; exit 1; }
	rm -rf $(PEERS)
	for peer in dbos restate; do \
		$(PYTHON) -m venv $(PEERS)/$$peer && $(PEERS)/$$peer/bin/python -m pip install --quiet \
		--disable-pip-version-check --require-hashes --only-binary :all: --requirement bench/peers/$$peer.lock || exit 1; done
	mkdir $(PEERS)/restate-server && cp bench/peers/package.json bench/peers/package-lock.json $(PEERS)/restate-server
	cd $(PEERS)/restate-server && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

## make peers-lock: write the locks in bench/peers anew
peers-lock:
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	for peer in dbos restate; do $(VENV)/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-emit-index-url --custom-compile-command 'make peers-lock' \
		--output-file bench/peers/$$peer.lock bench/peers/$$peer.in || exit 1; done
	cd bench/peers && npm install --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error

SEED ?= 1
## make attack: attack a system of its own (MINUTES=5), repeatable by SEED; failures are written to OUT
attack: $(READY)
	$(BIN)/python -m bench.attack --minutes $(or $(MINUTES),5) --seed $(SEED) $(if $(OUT),--out $(OUT))

## make campaign: faults of every kind under load (MINUTES=10 or HOURS, KILLS, SEED, OUT, PLANT): docs/reliability.md
campaign: $(READY)
	$(BIN)/python -m bench.campaign --seed $(SEED) $(if $(KILLS),--kills $(KILLS)) $(if $(OUT),--out $(OUT)) \
		$(if $(PLANT),--plant $(PLANT)) \
		$(if $(HOURS),--hours $(HOURS),$(if $(SECONDS),--seconds $(SECONDS),--minutes $(or $(MINUTES),10)))

## make docs: write schemas/, and the parts of README.md and docs/ that are generated from the code
docs: $(READY)
	$(BIN)/python -m worker.documents

## make record-histories: add recorded histories of the demo's platforms; never replaces any
record-histories: $(READY)
	$(BIN)/python -m tests.histories.record

# Of hashes there are those of every file of a version: other machines and Pythons take other files.
## make lock: write requirements.lock anew from pyproject.toml and constraints.txt, after either was changed
lock:
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	printf '%s\n' hatchling editables | $(VENV)/lock/bin/uv pip compile --quiet --upgrade --universal \
		--python-version 3.11 --extra dev --constraint constraints.txt --generate-hashes --no-annotate \
		--no-emit-index-url --custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml -

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# What is installed is what requirements.lock has the hashes of, also of what builds the project itself. Nothing
# is built from source: what that would need is not locked.
$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
		--no-build-isolation --editable .
	@touch $@
