"""Compare this project's alignment with the CMU-MultimodalSDK's on a generated corpus."""

import argparse
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TASKS = Path(__file__).with_name("align_tasks.py")
STEPS = {
    "alignment alone": ("ours_alone", "sdk_alone"),
    "file to file": ("ours", "sdk"),
    "limit: read the files, write the result": ("limit",),
}
EPILOG = """\
The corpus has CMU-MOSI's rates: per video some 250 words with 300-wide vectors, 74-wide audio
at 100 Hz and 35-wide video at 30 Hz. Both sides align to the words by means, then to the labels.

  alignment alone   everything is in memory before the clock starts
  file to file      ours: evenfuse align, with SHA-256 of the sources and checksums of the caches;
                    the SDK: load, align twice, deploy
  limit             read every array of the files and write the caches that ours made, nothing else

Each measurement has a process of its own; imports are not in the times but are in the memory, which
is the peak of the process. Example: python benchmarks/align.py --videos 2000 --seconds 30 --ours
"""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--videos", type=int, default=93, help="number of videos (93)")
    parser.add_argument("--seconds", type=float, default=150, help="length of a video (150)")
    parser.add_argument("--repeats", type=int, default=3, help="medians are over so many (3)")
    parser.add_argument(
        "--ours", action="store_true", help="leave the SDK out, and what is in memory"
    )
    return parser.parse_args()


def run(task: str, *arguments: object) -> str:
    command = [sys.executable, str(TASKS), task, *map(str, arguments)]
    # one thread: the SDK has one, and threads beside other jobs slow each other down
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{task} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def measure(task: str, folder: Path, repeats: int) -> dict[str, float]:
    results = [json.loads(run(task, folder).splitlines()[-1]) for _ in range(repeats)]
    return {key: statistics.median(result[key] for result in results) for key in results[0]}


def row(step: str, ours: dict[str, float], sdk: dict[str, float] | None) -> str:
    cells = [step]
    for key, digits in (("wall", 2), ("cpu", 2), ("memory", 0)):
        cells.append(f"{ours[key]:.{digits}f}")
        cells.append(f"{sdk[key]:.{digits}f}" if sdk else "")
        cells.append(f"{sdk[key] / ours[key]:.{1 if key == 'memory' else 0}f}" if sdk else "")
    return "| " + " | ".join(cells) + " |"


def machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    python = platform.python_version()
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {python}, load before: {load}"


def main() -> None:
    chosen = options()
    steps = {"file to file": ("ours",)} if chosen.ours else STEPS
    lines = [
        f"`python {shlex.join(sys.argv)}`; {machine()}; medians of {chosen.repeats}.",
        "",
        "| step | ours, s | SDK, s | ratio | ours, CPU s | SDK, CPU s | ratio "
        "| ours, MB | SDK, MB | ratio |",
        "|---" * 10 + "|",
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run("generate", folder, chosen.videos, chosen.seconds)
        for step, (ours, *sdk) in steps.items():
            theirs = measure(sdk[0], folder, chosen.repeats) if sdk else None
            lines.append(row(step, measure(ours, folder, chosen.repeats), theirs))
        size = sum(path.stat().st_size for path in folder.glob("*.csd")) / 1e9
    print("\n".join(lines))
    print(f"\n{chosen.videos} videos of {chosen.seconds:g} s, {size:.2f} GB of .csd files.")


if __name__ == "__main__":
    main()
