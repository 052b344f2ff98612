# Every job of the docs without conda: each target sets up .venv first. `make results` runs the
# embedded default, `make test` the tests.
PYTHON ?= python3
CORES ?= all
# Configuration files on top of config/config.yaml, a profile, and further options of Snakemake.
CONFIG ?=
PROFILE ?=
OPTIONS ?=
SNAKEMAKE = .venv/bin/snakemake
CONFIGURED = $(if $(CONFIG),--configfile $(CONFIG)) $(OPTIONS)
WHERE = $(if $(PROFILE),--profile $(PROFILE),--cores $(CORES)) $(CONFIGURED)

TARGETS = downloads figures front runtimes robustness sweeps upscale verify
.PHONY: results $(TARGETS) report watch dry-run check test coverage benchmark release faults fuzz audit generate site clean

results: .venv/ready
	$(SNAKEMAKE) $(WHERE)

$(TARGETS): .venv/ready
	$(SNAKEMAKE) $@ $(WHERE)

# Tables, figures and pictures of a finished run in one file.
report: .venv/ready
	$(SNAKEMAKE) --report report.zip $(CONFIGURED)

# What runs at the moment and how far it is; for another terminal.
watch: .venv/ready
	.venv/bin/python tools/watch.py

# The jobs that would run, by rule.
dry-run: .venv/ready
	$(SNAKEMAKE) --dry-run --quiet rules $(CONFIGURED)

# Lint, and the unit tests that take no minutes: what to run while working.
check: .venv/ready
	.venv/bin/python -m pytest -m "not slow" tests/unit tests/workflow/test_style.py

test: .venv/ready
	.venv/bin/python -m pytest

# How much of the library the unit tests run, by module.
coverage: .venv/ready
	.venv/bin/python -m pytest tests/unit --cov=workflow/scripts/superres \
	    --cov-report=term:skip-covered

# Speed and memory, as ratios measured on this machine: docs/benchmark.md. PHOTOS may name a folder
# of photos on which the peers are compared too.
BENCHMARKS = input_pipeline training prediction scoring peers workflow
benchmark: .venv/ready
	for name in $(BENCHMARKS); do \
	    options=; if [ $$name = peers ] && [ -n "$(PHOTOS)" ]; then options="--photos $(PHOTOS)"; fi; \
	    .venv/bin/python benchmarks/$$name.py $$options --output results/benchmark/$$name.json \
	        || exit 1; \
	done
	.venv/bin/python benchmarks/page.py --measured results/benchmark

# The networks that come with the workflow, trained again, and their pages. CONFIG may add test sets.
release: .venv/ready
	$(SNAKEMAKE) release robustness tables_and_figures --cores $(CORES) \
	    --configfile config/training_set.yaml config/release.yaml $(CONFIG)
	cp results/release/*.onnx results/release/*.json workflow/models/
	for file in results/release/*.onnx; do \
	    name=$$(basename $$file .onnx); \
	    .venv/bin/python tools/network_page.py --network workflow/models/$$name.onnx --output docs/bundled/$$name.md \
	        || exit 1; \
	done

# The small workflow, broken on purpose RUNS times: docs/faults.md. Takes root.
RUNS = 300
SEED = 0
faults: .venv/ready
	PYTHONPATH=workflow/scripts:tests:tools .venv/bin/python tests/faults/campaign.py --runs $(RUNS) --seed $(SEED) \
	    --csv results/faults.csv --page docs/faults.md

# Everything that reads what users or the internet give, with CASES files, tables and
# configurations that nobody thought of.
CASES = 100000
fuzz: .venv/ready
	FUZZ_CASES=$(CASES) .venv/bin/python -m pytest --numprocesses=2 tests/fuzz

# The documentation as a site, in site/.
site: .venv/ready
	.venv/bin/mkdocs build --quiet --clean

# Known vulnerabilities of what uv.lock holds; takes the internet.
audit: .venv/ready
	.venv/bin/uv export --quiet --locked --all-groups --no-emit-project --output-file .venv/lock.txt
	.venv/bin/pip-audit --strict --require-hashes --disable-pip --requirement .venv/lock.txt

# The files that follow from uv.lock and from the schemas.
generate: .venv/ready
	.venv/bin/python tools/generate.py

# uv comes from PyPI by checksum, everything else from uv.lock by checksum.
or_error = || { echo "error: $(1)" >&2; exit 1; }
PYTHON_HELP = Python 3.11 to 3.13 with its module venv is needed; name one, as in make PYTHON=python3.12
INSTALL_HELP = packages could not be installed, for the reason above; check the network and 3.5 GB of \
    disk space, then run the same command again
.venv/ready: pyproject.toml uv.lock envs/uv.txt
	@$(PYTHON) -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	    $(call or_error,$(PYTHON_HELP))
	$(PYTHON) -m venv .venv $(call or_error,$(PYTHON_HELP))
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r envs/uv.txt \
	    $(call or_error,$(INSTALL_HELP))
	@echo "installing the packages of uv.lock: 1.0 GB to download where uv has none of them, 1 to 3 minutes"
	.venv/bin/uv sync --quiet --locked --compile-bytecode $(call or_error,$(INSTALL_HELP))
	touch $@

clean:
	rm -rf results .snakemake
