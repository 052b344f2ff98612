"""Break the workflow on purpose, many times, and see what becomes of it: `make faults`.

Every run takes a finished small workflow, deletes what one step has made, disturbs the making of it
in one way, and then lets the same command run again, undisturbed. It asks of the disturbed run
whether it ended with an error and a line that says why, and whether anything that was finished is
damaged; and of the second whether it ends with the bytes of a workflow that was never disturbed.
"""

import argparse
import csv
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from conftest import copy_project
from faults import FAULTS, Outcome, fits
from ground import STEPS, Site, contents, job_of, options, prepare

# What was tried by hand.
BY_HAND = Path(__file__).with_name("by_hand.md")


def disturb(finished: Path, step: str, fault: str, seed: str, took_s: float) -> Outcome:
    """One run of the campaign.

    Args:
        finished: folder of a finished smoke workflow, which is copied.
        step: a key of STEPS.
        fault: a key of FAULTS.
        seed: decides all that is left to chance.
        took_s: how long the step's command takes undisturbed.
    """
    outcome = Outcome(fault, step, "")
    with tempfile.TemporaryDirectory(prefix="fault-") as temporary:
        folder = Path(temporary) / "work"
        subprocess.run(["cp", "-a", finished, folder], check=True)
        undisturbed = contents(folder)
        site = Site(folder, finished, step, job_of(finished, step), random.Random(seed))
        made = set()
        for path in site.job.outputs:
            gone = folder / path
            inside = gone.rglob("*") if gone.is_dir() else [gone]
            made |= {str(file.relative_to(folder / "results")) for file in inside}
            shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
        FAULTS[fault](site, outcome, took_s)
        after = contents(folder)
        others = set(undisturbed) - made
        outcome.lost += sorted(others - set(after))
        outcome.damaged += sorted(
            name for name in others & set(after) if after[name] != undisturbed[name]
        )
        if outcome.exit_code == 0:
            # Nothing may look whole that is not.
            wrong = {name for name in made if after.get(name) != undisturbed.get(name)}
            outcome.damaged += sorted(wrong)
        subprocess.run(
            [sys.executable, "-m", "snakemake", "--unlock", *options(step, folder)],
            cwd=folder,
            capture_output=True,
            check=True,
        )
        code, log = site.run()
        outcome.recovered = code == 0 and contents(folder) == undisturbed
        if not outcome.recovered:
            outcome.log += f"\n--- run again ---\n{log}"
    return outcome


def plan(runs: int) -> list[tuple[str, str]]:
    """Pairs of step and fault: each as often as any other, as far as that goes."""
    pairs = [(step, fault) for fault in FAULTS for step in STEPS if fits(step, fault)]
    return (pairs * (runs // len(pairs) + 1))[: max(runs, len(pairs))]


def durations(finished: Path) -> dict[str, float]:
    """Seconds that each step's command takes, measured once."""
    took_s = {}
    for step in STEPS:
        with tempfile.TemporaryDirectory(prefix="fault-") as temporary:
            folder = Path(temporary) / "work"
            subprocess.run(["cp", "-a", finished, folder], check=True)
            site = Site(folder, finished, step, job_of(finished, step), random.Random(0))
            for path in site.job.outputs:
                gone = folder / path
                shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
            start_s = time.monotonic()
            code, log = site.run()
            assert code == 0, log
            took_s[step] = time.monotonic() - start_s
    return took_s


def report(outcomes: list[Outcome], seed: int) -> str:
    """The page of the docs."""

    def row(name: str, group: list[Outcome]) -> str:
        failed = [outcome for outcome in group if outcome.exit_code != 0]
        checked = [outcome for outcome in failed if outcome.clear_message is not None]
        cells = [
            name,
            len(group),
            len(failed),
            f"{sum(outcome.clear_message for outcome in checked)}/{len(checked)}"
            if checked
            else "",
            sum(bool(outcome.lost) for outcome in group),
            sum(bool(outcome.damaged) for outcome in group),
            f"{sum(outcome.recovered for outcome in group)}/{len(group)}",
        ]
        return f"| {' | '.join(map(str, cells))} |\n"

    def table(kind: str, names: list[str]) -> str:
        head = f"| {kind} | runs | failed | said why | lost | damaged | recovered |\n"
        rows = [row(name, [o for o in outcomes if getattr(o, kind) == name]) for name in names]
        return head + "| --- " * 7 + "|\n" + "".join(rows)

    kinds = "".join(f"- {name}: {how.__doc__.splitlines()[0]}\n" for name, how in FAULTS.items())
    exceptions = [outcome for outcome in outcomes if not outcome.fine()]
    listed = "".join(
        f"- {o.step}, {o.fault} ({o.moment}): "
        + "; ".join(
            part
            for part, true in (
                ("hung", o.hung),
                ("did not say why", o.clear_message is False),
                (f"lost {len(o.lost)} files", o.lost),
                (f"damaged {', '.join(o.damaged[:3])}", o.damaged),
                ("did not recover", not o.recovered),
            )
            if true
        )
        + "\n"
        for o in exceptions
    )
    return (
        "# Faults\n\n"
        f"Written by `make faults RUNS={len(outcomes)} SEED={seed}`: the small workflow, broken on "
        "purpose. Every run deletes what one\nstep has made, disturbs the making of it at a random "
        "moment or place, and lets the same command run again.\n\n"
        "- failed: the disturbed run ended with an error. One that is killed after its last file, "
        "or has memory enough, does not.\n"
        "- said why: of those that can, how many name the reason in a line.\n"
        "- lost, damaged: runs after which another step's files were gone or different, or which "
        "ended well with other bytes.\n"
        "- recovered: runs after which the same command ended with the bytes of a workflow never "
        "disturbed.\n\n"
        f"{table('fault', list(FAULTS))}\n{table('step', list(STEPS))}\n{kinds}\n"
        "Not tried: a limit of the address space (`ulimit -v`) of some 200 to 300 MB, under which "
        "OpenBLAS, of NumPy and SciPy,\nwaits for ever for memory. Schedulers limit what is "
        "held instead, and kill.\n\n"
        f"{'Exceptions:' + chr(10) + chr(10) + listed if listed else 'No exceptions.' + chr(10)}"
        f"\n{BY_HAND.read_text()}"
    )


def main() -> None:
    """Run the campaign, show it as it goes, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="how many, at least one of each")
    parser.add_argument("--seed", type=int, default=0, help="decides all that is left to chance")
    parser.add_argument("--workers", type=int, default=2, help="runs at a time")
    parser.add_argument("--csv", type=Path, required=True, help="every run, to write")
    parser.add_argument("--page", type=Path, required=True, help="the page, to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="finished-") as temporary:
        project = copy_project(Path(temporary) / "checkout")
        prepare(project, list(STEPS))
        outcomes = campaign(project.folder, arguments.runs, arguments.seed, arguments.workers)
    arguments.csv.parent.mkdir(parents=True, exist_ok=True)
    with arguments.csv.open("w", newline="") as file:
        writer = csv.DictWriter(file, [key for key in asdict(outcomes[0]) if key != "log"])
        writer.writeheader()
        writer.writerows(
            {key: value for key, value in asdict(outcome).items() if key != "log"}
            for outcome in outcomes
        )
    arguments.page.write_text(report(outcomes, arguments.seed))


def campaign(finished: Path, runs: int, seed: int, workers: int) -> list[Outcome]:
    """So many runs, some at a time, each with a line; what is not fine with the end of its log."""
    took_s = durations(finished)

    def one(number_and_pair: tuple[int, tuple[str, str]]) -> Outcome:
        number, (step, fault) = number_and_pair
        outcome = disturb(finished, step, fault, f"{seed} {number}", took_s[step])
        verdict = "fine" if outcome.fine() else "NOT FINE"
        print(f"{number + 1}: {step}, {fault} ({outcome.moment}): {verdict}", flush=True)
        if verdict != "fine":
            print(outcome.log, flush=True)
        return outcome

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, enumerate(plan(runs))))


if __name__ == "__main__":
    main()
