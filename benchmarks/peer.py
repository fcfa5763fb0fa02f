"""Train five models here and in MMSA 2.2.1, on the same generated segments, and compare."""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from evenfuse.settings.config import Config
from evenfuse.settings.reading import config_files, read

EPILOG = """
The segments are those of `evenfuse fake mosi --format mmsa`, of CMU-MOSI's number and shapes:
768-wide word vectors, unaligned 5-wide audio and 20-wide video of at most 500 and 375 frames;
aligned ones for ef_lstm. Ours has the config's settings for mosi, which are MMSA's defaults: the
same widths, batch size, learning rate and dropout. Each side trains as its user would start it:
ours by `evenfuse train` from caches, MMSA by MMSA_run from the pickle, stubbed where it asks for a
GPU. Each run has a process of its own, one thread, the sides in turns:

  epoch    CPU seconds of a training epoch, the median of those after the first
  start    CPU seconds from the start of the process to the first batch
  memory   peak of the process, validation included

mult has 128 segments for training and one epoch, unless --segments says otherwise: 1284 take MMSA
half an hour and 21 GB. Set up: python -m venv PEER; PEER/bin/pip install torch==2.13.0 MMSA==2.2.1

Example: python benchmarks/peer.py --peer-python PEER/bin/python --models lf_dnn tfn
"""
ROOT = Path(__file__).parents[1]
TASKS = Path(__file__).with_name("peer_tasks.py")
SPLITS = {"train": 1284, "all": 2199}  # CMU-MOSI's segments
SEGMENTS = {"lf_dnn": 1284, "lmf": 1284, "tfn": 1284, "ef_lstm": 1284, "mult": 128}
Command = tuple[object, ...]
ONCE = {"mult"}  # whose epochs are so long that one is enough
ALIGNED = {"ef_lstm"}
HEADER = """\
| model | segments | epoch: ours, CPU s | MMSA | ratio | start: ours, CPU s | MMSA | ratio \
| memory: ours, MB | MMSA | ratio |
|---|---|---|---|---|---|---|---|---|---|---|"""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", help="of an environment with MMSA; without it ours only")
    parser.add_argument("--models", nargs="+", choices=SEGMENTS, default=list(SEGMENTS))
    parser.add_argument("--segments", type=int, help="for training (1284; mult: 128)")
    parser.add_argument("--epochs", type=int, default=4, help="of each run (4; mult: 1)")
    parser.add_argument("--repeats", type=int, default=3, help="medians are over so many runs (3)")
    return parser.parse_args()


def run(*command: object) -> str:
    # one thread: threads beside other jobs slow each other down
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    words = [str(word) for word in command]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{shlex.join(words[:4])} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def generate(folder: Path, segments: int, aligned: bool) -> Path:
    """Return a pickle with so many segments for training, beside a folder of its caches."""
    pickle = folder / f"{segments}{'-aligned' if aligned else ''}.pkl"
    if not pickle.exists():
        evenfuse = (sys.executable, "-m", "evenfuse")
        size = round(segments * SPLITS["all"] / SPLITS["train"])
        form = ("--format", "mmsa", *(["--aligned"] if aligned else []))
        run(*evenfuse, "fake", "mosi", *form, "--size", size, "--output", pickle)
        wanted = [word for name in ("vectors", "audio", "video") for word in ("--modality", name)]
        caches = pickle.with_suffix("")
        run(*evenfuse, "cache", pickle, "--format", "mmsa", *wanted, "--output", caches)
    return pickle


def settings(config: Config, model: str, epochs: int) -> str:
    """Return the settings of a run of so many epochs, as JSON."""
    values = config.run("mosi", "adam", model.replace("_", "-")).model_dump(exclude={"seed"})
    return json.dumps({**values, "training": {**values["training"], "epochs": epochs}})


def commands(
    config: Config, model: str, pickle: Path, chosen: argparse.Namespace
) -> dict[str, Command]:
    """Return the command of each side."""
    epochs = 1 if model in ONCE else chosen.epochs
    caches, own = pickle.with_suffix(""), settings(config, model, epochs)
    sides: dict[str, Command] = {
        "ours": (sys.executable, TASKS, "ours", model, epochs, caches, own)
    }
    if chosen.peer_python:
        sides["mmsa"] = (chosen.peer_python, TASKS, "mmsa", model, epochs, pickle)
    return sides


def measure(sides: dict[str, Command], repeats: int) -> dict[str, dict[str, float]]:
    """Run the sides in turns; return the medians of what they measure."""
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for _ in range(repeats):
        for side, command in sides.items():
            found = json.loads(run(*command).splitlines()[-1])
            epochs = found.pop("epochs")
            runs[side].append({"epoch": statistics.median(epochs[1:] or epochs), **found})
    return {
        side: {key: statistics.median(one[key] for one in done) for key in done[0]}
        for side, done in runs.items()
    }


def row(model: str, segments: int, found: dict[str, dict[str, float]]) -> str:
    cells = [model, str(segments)]
    for key, digits in (("epoch", 2), ("start", 1), ("memory", 0)):
        values = [side[key] for side in found.values()]
        cells += [f"{value:.{digits}f}" for value in values]
        cells += [f"{values[1] / values[0]:.1f}"] if len(values) > 1 else ["", ""]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    chosen = options()
    config = read(config_files(ROOT / "config"))
    load_before = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"`python {shlex.join(sys.argv)}`; {os.cpu_count()} cores, load before: {load_before}\n")
    print(HEADER, flush=True)
    with tempfile.TemporaryDirectory() as name:
        for model in chosen.models:
            segments = chosen.segments or SEGMENTS[model]
            pickle = generate(Path(name), segments, model in ALIGNED)
            found = measure(commands(config, model, pickle, chosen), chosen.repeats)
            print(row(model, segments, found), flush=True)


if __name__ == "__main__":
    main()
