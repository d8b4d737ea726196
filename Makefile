# The developer's commands: `make help` lists them. They need git, make and Python 3.11 or newer; all other packages
# come from package registries, pinned by hash, into directories that git ignores.

VENV ?= .venv
# The first Python that really starts: a version manager leaves commands on PATH that don't.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
WORKERS ?= logical
PYTEST_ARGS ?=
BENCH ?= bench
BENCH_ARGS ?=
FAILOVER_ARGS ?=
REHEARSE_ARGS ?=
LOAD_TARGET ?= http://127.0.0.1:$(or $(PORT),8000)
LOAD_PEOPLE ?= var/load-people.csv
LOAD_ARGS ?=
# At 400 orders a second each of 200 people would have more money in open trades than a newcomer gets.
LOAD_COUNT ?= $(if $(findstring four-times,$(LOAD_ARGS)),400,200)
# The certificate by which that of the site is known, where no public authority has signed it.
LOAD_AUTHORITY ?=
# The release before this one; before the first tag, the first commit that could be deployed as processes, and whose feed
# takes over without losing a second.
FROM ?= $(or $(shell git describe --tags --abbrev=0 --match 'v*' HEAD^ 2>/dev/null),8da6056a)
# Another program with Docker's commands, its options, the image's name, and the size that it may have.
ENGINE ?= docker
IMAGE_ARGS ?=
IMAGE ?= cryptotrader:local
IMAGE_MB_MAX ?= 600

CI_VENV := $(VENV)-ci
CI_BIN := $(abspath $(CI_VENV))/bin
KUBERNETES_VENV := $(VENV)-kubernetes
KUBERNETES_BIN := $(abspath $(KUBERNETES_VENV))/bin
BIN := $(abspath $(VENV))/bin
PY := $(BIN)/python
LOCAL := $(PY) -m cryptotrader.local
MESSAGES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
CLIENTS := cryptotrader/tests/clients/node_modules/.package-lock.json
BUILT := static/built/.made
PAGE_SOURCES := build.mjs $(shell find static/js static/css static/fonts -type f) $(wildcard locale/ko/LC_MESSAGES/*.po docs/*.ko.md)
# npm and what it installs find the Node of the system first, then that of requirements-node.txt.
NODE := PATH="$$PATH:$(BIN)"
NPM_CI := $(NODE) npm ci --ignore-scripts --no-audit --no-fund --loglevel error
# For tools that read the settings but connect to no server.
UNCONNECTED := DJANGO_DEBUG=1 SECRET_KEY=none JWT_SECRET=none ENCRYPTION_KEYS=none REDIS_URL=redis://127.0.0.1:1 \
	DATABASE_URL=postgresql://none@127.0.0.1:1/none

# Compiled modules stay inside this checkout, and without them each of a dozen processes starts a second later.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install run stop test test-fast e2e check schema lint-migrations lint-kubernetes kubernetes-rules security audit image sbom bench load clean rehearse upgrade failover
.DEFAULT_GOAL := help

help:
	@echo 'make run         start everything and print the address (PORT= DEMO=1 FEED= REPLAY_FILE= REPLAY_SPEED= DATABASE_URL= REDIS_URL= RESTORE= WAL_ARCHIVE_DIR= MONITORING=1)'
	@echo 'make stop        stop it from another terminal'
	@echo 'make test        run the tests on databases of their own (PYTEST_ARGS= WORKERS=)'
	@echo 'make test-fast   run the tests that need neither a browser nor a process of their own, nor seconds (PYTEST_ARGS= WORKERS=)'
	@echo 'make e2e         run the journeys in a browser, with checks of accessibility'
	@echo 'make security    look for insecure code, secrets and unsafe workflows; make audit: for known faults of dependencies (asks the internet)'
	@echo 'make lint-kubernetes  check the manifests of Kubernetes as kubectl renders them; make kubernetes-rules: write their rules of Prometheus'
	@echo 'make lint-migrations  look for migrations since the last release that lock or break a running site'
	@echo 'make check       check format, lint, types, layers, styles, migrations, templates and translations'
	@echo 'make schema      write the description of the API (OpenAPI 3.1, AsyncAPI 3) from its routes and messages'
	@echo 'make image       build the image, check its Dockerfile and its size (ENGINE= IMAGE= IMAGE_ARGS=); make sbom: list its packages in var/sbom.json'
	@echo 'make bench       measure sniping, settlement and lag, or with BENCH=bench_history pages of candles, bench_caps the cost of caps, bench_orders orders over HTTP, bench_growth costs among more and more trades (BENCH_ARGS=)'
	@echo 'make load        run the specified load against a running site (LOAD_TARGET= LOAD_AUTHORITY= LOAD_PEOPLE= LOAD_ARGS="--environment four-times")'
	@echo 'make rehearse    change releases under traffic, as processes behind nginx, and count failed requests; make upgrade: from the release before (FROM= REHEARSE_ARGS="--requests-min 20000")'
	@echo 'make failover    lose each server of etcd, PostgreSQL and Redis under orders, and prove that none is lost or doubled (FAILOVER_ARGS="--json --faults redis")'
	@echo 'make clean       stop, then remove everything that make has made here, the data in var/ too'
	@echo 'PYTHON= chooses the Python, VENV= the directory of its environment'

install: $(VENV)/.installed $(BUILT) $(MESSAGES)

# `exec`: a signal to make must reach the program, and a shell between them would swallow it.
run: install
	@exec $(LOCAL) run

stop:
	@if [ -x $(PY) ]; then exec $(LOCAL) stop; fi

test: install $(CLIENTS)
	@exec $(LOCAL) exec -- $(PY) -m pytest -n $(WORKERS) --durations=10 $(PYTEST_ARGS)

test-fast: install
	@exec $(LOCAL) exec -- $(PY) -m pytest -n $(WORKERS) -m 'not browser and not process and not long' $(PYTEST_ARGS)

e2e: install
	@exec $(LOCAL) exec -- $(PY) -m pytest -n $(WORKERS) -m browser $(PYTEST_ARGS)

check: install node_modules/.checkers
	@echo '==> scripts and styles'
	@$(NODE) node_modules/.bin/biome check --error-on-warnings
	@$(NODE) node_modules/.bin/tsc
	@$(NODE) node_modules/.bin/tsc -p static/worker
	@echo '==> format'
	@$(PY) -m ruff format --check --output-format concise .
	@echo '==> lint'
	@$(PY) -m ruff check .
	@echo '==> types'
	@$(UNCONNECTED) $(PY) -m mypy
	@echo '==> layers'
	@$(UNCONNECTED) $(BIN)/lint-imports --no-logo
	@echo '==> templates'
	@git ls-files --cached --others --exclude-standard -- '*.html' | xargs $(BIN)/djade --check --target-version 5.2
	@echo '==> migrations'
	@$(LOCAL) exec -- $(PY) manage.py makemigrations --check --dry-run
	@echo '==> translations'
	@$(UNCONNECTED) $(PY) -m pytest -q cryptotrader/tests/house/test_translations.py

schema: install
	@$(UNCONNECTED) $(PY) -m cryptotrader.openapi.asyncapi > cryptotrader/openapi/asyncapi.json
	@$(UNCONNECTED) $(PY) manage.py spectacular --format openapi-json --file cryptotrader/openapi/openapi.json --validate

lint-migrations: install $(CI_VENV)/.installed
	@SQUAWK=$(CI_BIN)/squawk exec $(LOCAL) exec -- $(PY) -m cryptotrader.new_migrations

lint-kubernetes: install $(KUBERNETES_VENV)/.installed
	@mkdir -p var
	@for overlay in staging production all; do \
		echo "==> $$overlay"; directory=deploy/kubernetes/overlays/$$overlay; rendered=var/kubernetes-$$overlay.yaml; \
		$(KUBERNETES_BIN)/kubectl kustomize $$directory > $$rendered || exit 1; \
		$(PY) -m deploy.kubernetes.checks $$directory < $$rendered || exit 1; \
		$(KUBERNETES_BIN)/kubernetes-validate --strict --quiet --no-warn $$rendered || exit 1; \
		$(KUBERNETES_BIN)/checkov --config-file deploy/kubernetes/checkov.yaml -f $$rendered || exit 1; done

kubernetes-rules: install
	@$(PY) -m deploy.kubernetes.rules

security: $(CI_VENV)/.installed
	@echo '==> insecure code'
	@$(CI_BIN)/bandit --quiet -ll -c pyproject.toml -r accounts trading monitoring cryptotrader deploy manage.py
	@echo '==> secrets'
	@git ls-files -z | xargs -0 $(CI_BIN)/detect-secrets-hook --baseline .secrets.baseline
	@echo '==> workflows'
	@$(CI_BIN)/zizmor --offline --quiet --persona pedantic .github

audit: $(CI_VENV)/.installed node_modules/.package-lock.json
	@echo '==> known faults of Python packages'
	@for lock in requirements.txt requirements-dev.txt requirements-ci.txt requirements-kubernetes.txt; do \
		$(CI_BIN)/pip-audit --strict --disable-pip --requirement $$lock || exit 1; done
	@echo '==> known faults of npm packages'
	@$(NODE) npm audit --audit-level=high

image: $(CI_VENV)/.installed
	@$(CI_BIN)/hadolint Dockerfile
	@$(ENGINE) build $(IMAGE_ARGS) --target image --tag $(IMAGE) .
	@size=$$(( $$($(ENGINE) image inspect --format '{{.Size}}' $(IMAGE)) / 1000000 )); \
	echo "$(IMAGE) has $$size MB of $(IMAGE_MB_MAX) MB"; [ $$size -le $(IMAGE_MB_MAX) ]

sbom: $(CI_VENV)/.installed
	@mkdir -p var
	@$(CI_BIN)/cyclonedx-py requirements requirements.txt --output-reproducible --of JSON -o var/sbom.json

bench: install
	@exec $(LOCAL) exec --durable -- sh -c '$(PY) manage.py migrate -v 0 && exec $(PY) manage.py $(BENCH) $(BENCH_ARGS)'

# The people of the platform that runs in this checkout, unless LOAD_PEOPLE names a file with those of another site.
load: install deploy/load/node_modules/.package-lock.json
	@[ "$(origin LOAD_PEOPLE)" != file ] || $(LOCAL) manage load_people --count $(LOAD_COUNT) > $(LOAD_PEOPLE)
	@people=$$($(PY) -c 'import os, sys; print(os.path.relpath(sys.argv[1], "deploy/load"))' $(LOAD_PEOPLE)); \
	LOAD_TARGET=$(LOAD_TARGET) LOAD_PEOPLE="$$people" ARTILLERY_DISABLE_TELEMETRY=true NODE_EXTRA_CA_CERTS="$(LOAD_AUTHORITY)" \
		$(NODE) deploy/load/node_modules/.bin/artillery run $(LOAD_ARGS) deploy/load/artillery.yml

rehearse: install
	@exec $(LOCAL) exec --durable -- $(PY) -m deploy.load.rehearse $(REHEARSE_ARGS)

upgrade: install
	@exec $(LOCAL) exec --durable -- $(PY) -m deploy.load.rehearse --from $(FROM) $(REHEARSE_ARGS)

failover: install
	@exec $(PY) -m deploy.ha $(FAILOVER_ARGS)

clean: stop
	rm -rf $(VENV) $(CI_VENV) $(KUBERNETES_VENV) var node_modules deploy/load/node_modules $(dir $(CLIENTS)) static/built static/vendor staticfiles htmlcov .coverage
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .grimp_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
	rm -f $(MESSAGES)

$(VENV)/.made:
	@[ -n "$(PYTHON)" ] || { echo 'Python 3.11 or newer is needed: install it, or name it with PYTHON=' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo '$(PYTHON) is older than Python 3.11, or does not start: name another with PYTHON=' >&2; exit 1; }
	@echo '==> Python environment in $(VENV)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# uv installs in seconds, pip in minutes. But uv reads none of pip's configuration, so make passes the index on.
# If uv can't download (a proxy or a certificate that only pip knows), pip installs the packages.
$(VENV)/.installed: $(VENV)/.made requirements-bootstrap.txt requirements-dev.txt
	@echo '==> Python packages'
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.txt
	@index="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PY) -m pip config get global.index-url 2>/dev/null)}}"; \
	[ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; \
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip sync --quiet --require-hashes requirements-bootstrap.txt requirements-dev.txt \
		|| $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# The checkers read the code and import none of it: an environment of their own keeps that of the program as it is locked.
$(CI_VENV)/.installed: $(VENV)/.installed requirements-ci.txt
	@echo '==> checkers of continuous integration in $(CI_VENV)'
	@$(PY) -m venv $(CI_VENV)
	@VIRTUAL_ENV=$(abspath $(CI_VENV)) $(BIN)/uv pip sync --quiet --require-hashes requirements-ci.txt \
		|| $(CI_BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-ci.txt
	@touch $@

$(KUBERNETES_VENV)/.installed: $(VENV)/.installed requirements-kubernetes.txt
	@echo '==> checkers of the manifests of Kubernetes in $(KUBERNETES_VENV)'
	@$(PY) -m venv $(KUBERNETES_VENV)
	@VIRTUAL_ENV=$(abspath $(KUBERNETES_VENV)) $(BIN)/uv pip sync --quiet --require-hashes requirements-kubernetes.txt \
		|| $(KUBERNETES_BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-kubernetes.txt
	@touch $@

# npm writes this file after an installation. Pages and tests need few packages; checks need more, and get them later.
node_modules/.package-lock.json: package.json package-lock.json | $(VENV)/.installed
	@echo '==> front-end packages'
	@command -v npm >/dev/null \
		|| $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.txt
	@$(NPM_CI) --omit=dev
	@touch $@

deploy/load/node_modules/.package-lock.json: deploy/load/package-lock.json node_modules/.package-lock.json
	@echo '==> Artillery'
	@cd deploy/load && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 PUPPETEER_SKIP_DOWNLOAD=1 $(NPM_CI)
	@touch $@

# The generator of TypeScript clients needs another TypeScript than the checks of our scripts.
$(CLIENTS): cryptotrader/tests/clients/package-lock.json node_modules/.package-lock.json
	@cd $(CLIENTS:/node_modules/.package-lock.json=) && $(NPM_CI)
	@touch $@

node_modules/.checkers: node_modules/.package-lock.json
	@echo '==> checkers of scripts and styles'
	@$(NPM_CI)
	@touch node_modules/.package-lock.json $@

$(BUILT): $(PAGE_SOURCES) node_modules/.package-lock.json
	@echo '==> scripts, styles and faces of the pages'
	@$(NODE) node build.mjs
	@touch $@

%.mo: %.po | $(VENV)/.installed
	@echo '==> translations $(@D)'
	@$(PY) -m babel.messages.frontend --quiet compile -D django -i $< -o $@
