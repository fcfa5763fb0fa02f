# make all: install into .venv and run the study; make test: install and run the tests;
# make test-slurm: those that need a Slurm.

VENV ?= .venv
PYTHON ?= python3
CORES ?= 4
export PATH := $(abspath $(VENV))/bin:$(PATH)

.PHONY: all test test-slurm clean

all: $(VENV)/installed
	snakemake --cores $(CORES) all

test: $(VENV)/installed-for-tests
	pytest -n auto --dist loadfile

# starts a real Slurm on this machine, as root; it takes about half an hour on two cores
test-slurm: $(VENV)/installed-for-tests
	$(VENV)/bin/pip install --quiet --constraint constraints.txt --editable '.[slurm]'
	EVENFUSE_TEST_SLURM=1 pytest tests/slurm

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "evenfuse needs Python 3.11 or newer; run: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/installed-for-tests: $(VENV)/installed
	$(VENV)/bin/pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

clean:
	rm -rf $(VENV)
