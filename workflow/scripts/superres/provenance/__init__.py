"""Origin of every file: Snakemake's metadata, manifest, RO-Crate."""
