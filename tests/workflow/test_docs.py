"""Pages of the documentation, followed to the letter."""

import re
import shlex
from pathlib import Path

from conftest import rows

ROOT = Path(__file__).parents[2]


def blocks(page: str) -> dict[str, str]:
    """Fenced blocks by language; the one without is the command."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)
    return dict(found)


def test_a_new_architecture_is_one_file_and_one_entry(checkout):
    found = blocks("docs/architecture.md")
    folder = checkout.folder / "workflow/scripts/superres/architectures"
    (folder / "three_layers.py").write_text(found["python"])
    (checkout.folder / "mine.yaml").write_text(found["yaml"])
    program, *options = shlex.split(found[""])
    assert program == "snakemake"
    done = checkout.snakemake(*options)
    assert done.returncode == 0, done.stdout
    tables = checkout.folder / "results/bundled/tables"
    benchmark = {row["method"]: row for row in rows(tables / "benchmark.csv")}
    assert float(benchmark["three_layers"]["gain_rgb_db"]) > 0.2
    (front,) = rows(tables / "front.csv")
    # 3x3 kernels, 3 -> 12 -> 12 -> 12 channels, on a quarter of the pixels.
    assert float(front["macs_per_hr_px"]) == 9 * (3 * 12 + 12 * 12 + 12 * 12) / 4
    assert (front["halo_px"], front["period_px"]) == ("3", "1")
    assert (tables.parent / "figures/front.png").exists()
