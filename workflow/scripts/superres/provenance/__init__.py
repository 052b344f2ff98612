"""Where every file comes from: Snakemake's metadata, manifest, origin, RO-Crate."""
