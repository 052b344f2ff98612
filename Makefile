# `make results` runs the embedded default, `make test` the tests; both set themselves up first.
PYTHON ?= python3
CORES ?= all

.PHONY: results test benchmark release generate clean

results: .venv/ready
	.venv/bin/snakemake --cores $(CORES)
	@cat results/*/tables/benchmark.md

test: .venv/ready
	.venv/bin/python -m pytest

# Speed and memory, as ratios measured on this machine.
benchmark: .venv/ready
	.venv/bin/python benchmarks/input_pipeline.py

# The network that comes with the workflow, trained anew.
release: .venv/ready
	.venv/bin/snakemake release --cores $(CORES) --configfile config/release.yaml
	cp results/release/network.onnx workflow/models/lr_autoencoder_x2.onnx
	cp results/release/provenance.json workflow/models/lr_autoencoder_x2.json

# The files that follow from uv.lock and from the schemas.
generate: .venv/ready
	.venv/bin/python tools/generate.py

# uv comes from PyPI by checksum, everything else from uv.lock by checksum.
.venv/ready: pyproject.toml uv.lock envs/uv.txt
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r envs/uv.txt
	.venv/bin/uv sync --locked --compile-bytecode
	touch $@

clean:
	rm -rf results .snakemake
