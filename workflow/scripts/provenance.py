"""Provenance of results: written down, and compared with the files later."""

from pathlib import Path

from superres.core.console import log, run
from superres.core.errors import InputError

PROJECT = Path(__file__).parents[2]


def record(
    results: list[Path], metadata: Path, configuration: Path, code: Path, output: Path
) -> None:
    """Write an RO-Crate, a manifest, and copies of the code and the configuration.

    Args:
        results: files of the run's target.
        metadata: Snakemake's records of jobs.
        configuration: YAML, with defaults.
        code: folder to write.
        output: ro-crate-metadata.json to write.
    """
    from superres.provenance import manifest, ro_crate, snakemake_metadata

    root = output.parent
    ro_crate.copy_code(PROJECT, code)
    jobs = snakemake_metadata.leading_to(results, snakemake_metadata.read(metadata, root))
    made = [file for job in jobs for file in job.outputs]
    files = [*results, *made, configuration, code]
    digests = manifest.digests(root, [file for file in files if root in file.parents])
    manifest.write(root, digests)
    ro_crate.write(PROJECT, output, digests, jobs, results, configuration, code)


def verify(results: Path) -> None:
    """Recompute the checksums of a folder of results, and list what differs.

    Args:
        results: folder with a manifest.
    """
    from superres.provenance import manifest

    recorded = manifest.read(results)
    differences = manifest.differences(results, recorded)
    if differences:
        count = f"{len(differences)} of {len(recorded)} files differ from {manifest.NAME}"
        raise InputError("\n".join([count, *differences]))
    log.info("all %d files are as they were made", len(recorded))


if __name__ == "__main__":
    run(record, verify)
