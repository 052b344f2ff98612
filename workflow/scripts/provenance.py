"""Write down where results come from: an RO-Crate, a manifest, the code and the configuration."""

import argparse
from pathlib import Path

from superres.core.console import run
from superres.provenance import manifest, ro_crate, snakemake_metadata

PROJECT = Path(__file__).parents[2]


def main(arguments: argparse.Namespace) -> None:
    root = arguments.output.parent
    ro_crate.copy_code(PROJECT, arguments.code)
    done = snakemake_metadata.leading_to(
        arguments.results, snakemake_metadata.read(arguments.metadata, root)
    )
    made = [file for job in done for file in job.outputs]
    files = [*arguments.results, *made, arguments.configuration, arguments.code]
    digests = manifest.digests(root, [file for file in files if root in file.parents])
    manifest.write(root, digests)
    ro_crate.write(
        PROJECT,
        arguments.output,
        digests,
        done,
        arguments.results,
        arguments.configuration,
        arguments.code,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, nargs="+", required=True, help="what was asked for")
    parser.add_argument("--metadata", type=Path, required=True, help="Snakemake's notes on jobs")
    parser.add_argument("--configuration", type=Path, required=True, help="YAML, with defaults")
    parser.add_argument("--code", type=Path, required=True, help="folder to write")
    parser.add_argument("--output", type=Path, required=True, help="ro-crate-metadata.json")
    run(main, parser)
