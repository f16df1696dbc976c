# Short names for the same scripts that ./run and ./test call.
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
export COI_ENVIRONMENT ?= development

help:  ## this list
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run:  ## set up and start the portal (ARGS="--port 8001")
	./run $(ARGS)

test:  ## checks and all tests (ARGS="tests/people -k login")
	./test $(ARGS)

test-fast:  ## the tests without a browser, on two processes
	./test -m "not e2e" -n 2 $(ARGS)

e2e:  ## the tests with a browser
	./test -m e2e $(ARGS)

ci:  ## what continuous integration runs
	.ci/run

check:  ## formatting, lint, layers, migrations
	$(PYTHON) -m scripts.run_tests --checks-only
	.venv/bin/djlint --lint templates

types:  ## what mypy finds: advice, the project does not hold itself to it yet
	.venv/bin/mypy .

fix:  ## format and repair what can be repaired
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

migrations:  ## write the migrations that the models ask for
	$(PYTHON) manage.py makemigrations

lock:  ## renew requirements-lock.txt from requirements.txt (needs uv)
	$(PYTHON) -m scripts.lock_requirements

words:  ## compile the Indonesian texts (needs gettext)
	cd locale/id/LC_MESSAGES && msgfmt --check-format --no-hash -o django.mo django.po

sbom:  ## write var/sbom.json, the list of all components
	$(PYTHON) -m scripts.make_sbom

assets:  ## copy what npm brought into static/vendor
	npm ci --ignore-scripts
	$(PYTHON) scripts/vendor_assets.py

.PHONY: help run test test-fast e2e ci check types fix migrations lock words sbom assets
