# `make demo` and `make test` need Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
RULE := tests/rules tests/messages tests/calm/test_identity.py tests/calm/test_schedule_properties.py tests/command/test_setup.py tests/house/test_documents.py

.PHONY: help demo test rule check format lint types wheel soak golden validate bench licences constraints clean pictures fleet

help:            ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "followup needs Python 3.11 or newer; set PYTHON=python3.12 or the like"; exit 1; }
	@test -d .venv || $(PYTHON) -m venv .venv || { echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(STAMP)   ## the main job on examples/: a CSV into an .ics file and into a CalDAV server
	$(BIN)/python examples/demo.py

test: $(STAMP)   ## the tests
	$(BIN)/python -m pytest -n auto

rule: $(STAMP)   ## what a new rule or a new cell still lacks
	$(BIN)/python -m pytest -n auto $(RULE)

check: format lint types test wheel  ## everything a change must pass

format: $(STAMP)
	$(BIN)/ruff format --check .

lint: $(STAMP)
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy --platform linux
	$(BIN)/mypy --platform darwin
	$(BIN)/mypy --platform win32

wheel: $(STAMP)  ## build the wheel, install it into a clean environment, run the example with it
	$(BIN)/python tests/house/wheel_smoke.py

soak: $(STAMP)   ## the long tests
	$(BIN)/python -m pytest -m soak -n auto -rP

golden: $(STAMP)  ## write the golden calendars of tests/data anew; look at the difference before you keep it
	$(BIN)/python tests/kit/golden.py

validate: $(STAMP) ## let parsers that others wrote read the golden calendars
	$(BIN)/python tests/kit/validate.py

bench: $(STAMP)  ## followup beside its peers and beside the limit; BENCH=--quick to try it
	$(BIN)/python tests/bench/bench.py $(BENCH)

fleet: $(STAMP)  ## two hundred made-up seekers on a PostgreSQL of its own, all stopped again; needs one installed
	PYTHONPATH=tests:tests/kit $(BIN)/python tests/kit/fleet_demo.py

pictures: $(STAMP) ## draw the pictures of the documentation anew
	$(BIN)/python examples/pictures.py

licences: $(STAMP) ## write docs/licences.md anew, out of what is installed
	$(BIN)/python tests/kit/licences.py

constraints: $(STAMP)
	{ sed -n 1p constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | sort -f; } > constraints.new && mv constraints.new constraints.txt

clean:
	rm -rf .venv .bench dist build examples/out
