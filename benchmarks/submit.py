"""Measure what a job costs that is submitted to Slurm, where this machine has one."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EPILOG = """
A Snakefile of so many jobs that only touch a file, run here and through profiles/slurm: seconds of
the wall clock, and what one submitted job takes more than a local one. A Slurm is started, as root,
by `tests/slurm/start.sh FOLDER` and ended by `tests/slurm/stop.sh FOLDER`.

Example: SLURM_CONF=FOLDER/slurm.conf python benchmarks/submit.py --jobs 16
"""
PROFILES = Path(__file__).parents[1] / "profiles"
SNAKEFILE = """
rule all:
    input: expand("done/{{i}}", i=range({jobs}))
rule touch:
    output: "done/{{i}}"
    resources: mem_mb=500, runtime=5
    shell: "touch {{output}}"
"""
# look often, and wait for no other machine, as on one node
QUICKLY = ["--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "5"]


def seconds(jobs: int, *arguments: str) -> float:
    """Return how long Snakemake takes for so many jobs in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "Snakefile").write_text(SNAKEFILE.format(jobs=jobs))
        snakemake = str(Path(sys.executable).with_name("snakemake"))
        stand_in = f"{PROFILES / 'slurm/bin'}:{os.environ['PATH']}"
        begun = time.perf_counter()
        done = subprocess.run(
            [snakemake, *arguments],
            cwd=folder,
            env={**os.environ, "PATH": stand_in},
            capture_output=True,
            text=True,
            check=False,
        )
        taken = time.perf_counter() - begun
        if done.returncode:
            sys.exit(f"snakemake {' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
        return taken


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=16, help="trivial jobs (16)")
    options = parser.parse_args()
    local = seconds(options.jobs, "--cores", "2")
    submitted = seconds(options.jobs, "--workflow-profile", str(PROFILES / "slurm"), *QUICKLY)
    each = (submitted - local) / options.jobs
    print(f"{options.jobs} trivial jobs: {local:.1f} s here, {submitted:.1f} s through Slurm")
    print(f"{each:.1f} s more per submitted job")


if __name__ == "__main__":
    main()
