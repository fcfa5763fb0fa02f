"""Measure what Snakemake and this workflow cost for 10 to 3000 runs that compute nothing."""

import argparse
import csv
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EPILOG = """
A study of so many runs (ten seeds per arm) whose outputs are empty files, beside a bare Snakefile
with a graph of the same size: the same rules from training to the table, with no code, no checks,
no log and no params. Seconds of CPU time of one `snakemake`, medians, the two in turns.

  dry run    snakemake -n all, with nothing there
  no-op run  snakemake all, with everything there: "Nothing to be done"

Example: python benchmarks/dag.py --runs 10 100 1000
"""
ROOT = Path(__file__).parents[1]
PARTS = ("Snakefile", "workflow", "config", "profiles", "envs", "src")
SEEDS = 10
BARE = """
ARMS, SEEDS = range({arms}), range({seeds})
FILES = ["epochs.parquet", "run.json"]
rule all:
    input: expand("results/{{arm}}.json", arm=ARMS), "results/table.md", "results/figure.svg"
rule raw:
    output: "data/{{name}}.csd"
    shell: "touch {{output}}"
rule cache:
    input: expand("data/{{name}}.csd", name=range(7))
    output: expand("cache/{{split}}.h5", split=["train", "valid", "test"])
    shell: "touch {{output}}"
rule train:
    input: "cache/train.h5", "cache/valid.h5"
    output: directory("runs/{{arm}}/{{seed}}/model"), multiext("runs/{{arm}}/{{seed}}/", *FILES)
    shell: "touch {{output}}"
rule evaluate:
    input:
        expand("runs/{{{{arm}}}}/{{seed}}/{{file}}", seed=SEEDS, file=["model", "run.json"]),
        "cache/test.h5"
    output: multiext("results/{{arm}}.", "json", "parquet")
    shell: "touch {{output}}"
rule tabulate:
    input: expand("results/{{arm}}.json", arm=ARMS)
    output: "results/table.md"
    shell: "touch {{output}}"
rule plot:
    input: expand("runs/{{arm}}/{{seed}}/{{file}}", arm=ARMS, seed=SEEDS, file=FILES)
    output: "results/figure.svg"
    shell: "touch {{output}}"
"""


def lay_out_bare(folder: Path, arms: int) -> None:
    (folder / "Snakefile").write_text(BARE.format(arms=arms, seeds=SEEDS))


def lay_out_ours(folder: Path, arms: int) -> None:
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    variant = "model: {name: awf}, balancing: {name: b_fusion, learning_rate: "
    lines = [f"  v{i}: {{{variant}{i + 1}.0}}}}" for i in range(arms)]
    names = ", ".join(f"v{i}" for i in range(arms))
    study = f"datasets: [demo], optimizers: [sgd], variants: [{names}], seeds: {[*range(SEEDS)]}"
    head = [
        f"study: {{{study}, tables: [whole], figures: [whole]}}",
        "tables: {whole: {title: Whole, every_arm: true}}",
        f"figures: {{whole: {{title: Whole, panels: [[{names}]]}}}}",
        "datasets: {demo: {one_process: false}}",
        "variants:",
    ]
    (folder / "study.yaml").write_text("\n".join([*head, *lines]))


def snakemake(folder: Path, *arguments: str) -> tuple[float, str]:
    """Return the CPU seconds of one Snakemake, and what it printed."""
    command = [str(Path(sys.executable).with_name("snakemake")), *arguments]
    if (folder / "study.yaml").exists():
        command += ["--configfile", "study.yaml"]
    before = os.times()
    done = subprocess.run(
        [*command, "--cores", "1", "--", "all"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    after = os.times()
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return sum(after[2:4]) - sum(before[2:4]), done.stdout + done.stderr


def fill(folder: Path) -> None:
    """Make every output as an empty file, and let Snakemake take them for its own."""
    lines = snakemake(folder, "--summary")[1].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("output_file"))
    rows = csv.DictReader(lines[start:], delimiter="\t")
    for path in (folder / row["output_file"] for row in rows if row["output_file"] != "-"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if path.suffix == "" else path.touch()
    snakemake(folder, "--touch")


def measure(folders: dict[str, Path], repeats: int, *arguments: str) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in folders}
    for _ in range(repeats):
        for name, folder in folders.items():
            seconds[name].append(snakemake(folder, *arguments)[0])
    return {name: statistics.median(values) for name, values in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, nargs="+", default=[10, 100, 1000, 3000])
    parser.add_argument("--repeats", type=int, default=3, help="medians are over so many (3)")
    options = parser.parse_args()
    print("| runs | jobs of | ours, CPU s | bare, CPU s | ratio |\n|---|---|---|---|---|")
    for runs in options.runs:
        with tempfile.TemporaryDirectory() as name:
            folders = {kind: Path(name) / kind for kind in ("ours", "bare")}
            for kind, lay_out in (("ours", lay_out_ours), ("bare", lay_out_bare)):
                folders[kind].mkdir()
                lay_out(folders[kind], runs // SEEDS)
            dry = measure(folders, options.repeats, "-n", "--quiet", "all")
            begun = time.perf_counter()
            for folder in folders.values():
                fill(folder)
            print(f"filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
            idle = measure(folders, options.repeats)
        for task, found in (("dry run", dry), ("no-op run", idle)):
            ratio = found["ours"] / found["bare"]
            print(f"| {runs} | {task} | {found['ours']:.1f} | {found['bare']:.1f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
