# The two that matter: `make run` and `make test`. Both do all the set-up on a fresh machine with Python 3.11+.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
TESTERS ?= 3
SIMULATOR_PORT ?= 8001

.DEFAULT_GOAL := help
.PHONY: help run test check bench pictures migration client lock clean

help:  ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

run: $(VENV)/.runtime  ## the demonstration: a whole street with a pretend WeChat
	$(BIN)/python manage.py demo --port $(PORT) --simulator-port $(SIMULATOR_PORT)

test: $(VENV)/.development  ## all tests, on every database that answers
	$(BIN)/python -m pytest -n $(TESTERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.development  ## formatting, lint, types and the floor plan
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.development  ## measure what is promised, side by side
	$(BIN)/python -m benchmarks $(ARGS)

pictures: $(VENV)/.development  ## take the pictures of the documentation anew
	TONGXIN_SCREENSHOTS=docs/images $(BIN)/python -m pytest -q tests/journeys/test_browser.py tests/journeys/test_browser_console.py

migration: $(VENV)/.development  ## generate the next migration: make migration NAME=add_member_phone
	$(BIN)/python manage.py migration $(NAME)

client: $(VENV)/.development  ## the document and the types for mini-programs anew (needs Node.js)
	$(BIN)/python manage.py openapi > docs/client/openapi.json
	cd docs/client && npm ci --silent && npm run --silent types && npm run --silent check

lock: | $(VENV)/bin/python  ## resolve the dependencies anew, with hashes
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock

clean:  ## forget the demonstration's data and all caches
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Tongxin needs Python 3.11 or newer"'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.development: requirements-dev.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.runtime
