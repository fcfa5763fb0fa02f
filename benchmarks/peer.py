"""Train eight models here and in MMSA 2.2.1, on the same generated segments, and compare."""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from peer_data import MOSI, Pickles, aligned, make_bert, of_tokens, unaligned

from evenfuse.settings.config import Config
from evenfuse.settings.reading import config_files, read

EPILOG = """
The segments are those of `evenfuse fake mosi --format mmsa`, of CMU-MOSI's number and shapes:
768-wide word vectors, or tokens for self_mm, misa and bert_mag; unaligned 5-wide audio and 20-wide
video of at most 500 and 375 frames, aligned for ef_lstm and bert_mag. Tokens are read by a BERT of
4 layers, 768 wide, with random weights. Ours has the config's settings for mosi, which are MMSA's
defaults: the same widths, batch size, learning rate and dropout. Each side trains as its user would
start it: ours by `evenfuse train` from caches, MMSA by MMSA_run from the pickle, stubbed where it
asks for a GPU. Each run has a process of its own, one thread, the sides in turns:

  epoch    CPU seconds of a training epoch, the median of those after the first
  start    CPU seconds from the start of the process to the first batch
  memory   peak of the process, validation included

mult, self_mm, misa and bert_mag are timed for one epoch, and mult has 128 segments for training,
unless --segments says otherwise: 1284 take MMSA half an hour and 21 GB. Set up:

  python -m venv PEER
  PEER/bin/pip install torch==2.13.0 "transformers<5" numpy pandas scikit-learn safetensors tqdm
  PEER/bin/pip install easydict nvidia-ml-py
  PEER/bin/pip install --no-deps MMSA==2.2.1

Example: python benchmarks/peer.py --peer-python PEER/bin/python --models lf_dnn tfn
"""
ROOT = Path(__file__).absolute().parents[1]
TASKS = Path(__file__).absolute().with_name("peer_tasks.py")
FEW = {"mult": 128}
WITH_BERT = ("self_mm", "misa", "bert_mag")
MODELS = ("lf_dnn", "lmf", "tfn", "ef_lstm", "mult", *WITH_BERT)
VARIANTS = {"bert_mag": "mag-bert"}  # where ours has another name
ALIGNED = {"ef_lstm": aligned, "bert_mag": of_tokens}
ONCE = {"mult", *WITH_BERT}  # whose epochs are so long that one is enough
Command = tuple[object, ...]
HEADER = """\
| model | segments | epoch: ours, CPU s | MMSA | ratio | start: ours, CPU s | MMSA | ratio \
| memory: ours, MB | MMSA | ratio |
|---|---|---|---|---|---|---|---|---|---|---|"""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", help="of an environment with MMSA; without it ours only")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--segments", type=int, help="for training (1284; mult: 128)")
    parser.add_argument("--epochs", type=int, default=4, help="of each run (4), where several")
    parser.add_argument("--repeats", type=int, default=3, help="medians are over so many runs (3)")
    return parser.parse_args()


def run(folder: Path, *command: object) -> str:
    # one thread: threads beside other jobs slow each other down
    threads = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    environment = os.environ | threads | {"HF_HUB_OFFLINE": "1"}
    words = [str(word) for word in command]
    done = subprocess.run(
        words, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{shlex.join(words[:4])} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def caches(pickle: Path) -> Path:
    """Cache a pickle as our user would, once; return the folder."""
    folder = pickle.with_suffix("")
    if not folder.exists():
        wanted = [word for name in ("vectors", "audio", "video") for word in ("--modality", name)]
        cache = (sys.executable, "-m", "evenfuse", "cache", pickle, "--format", "mmsa")
        run(pickle.parent, *cache, *wanted, "--output", folder)
    return folder


def settings(config: Config, model: str, epochs: int, bert: Path) -> str:
    """Return the settings of a run of so many epochs, as JSON."""
    variant = VARIANTS.get(model, model.replace("_", "-"))
    values = config.run("mosi", "adam", variant).model_dump(exclude={"seed"})
    training = {**values["training"], "epochs": epochs}
    return json.dumps({**values, "training": training, "text_encoder": str(bert)})


def commands(
    config: Config, model: str, pickles: Pickles, bert: Path, chosen: argparse.Namespace
) -> dict[str, Command]:
    """Return the command of each side."""
    epochs = 1 if model in ONCE else chosen.epochs
    own = settings(config, model, epochs, bert)
    sides: dict[str, Command] = {
        "ours": (sys.executable, TASKS, "ours", model, epochs, caches(pickles.ours), own)
    }
    if chosen.peer_python:
        python = Path(chosen.peer_python).absolute()
        sides["mmsa"] = (python, TASKS, "mmsa", model, epochs, pickles.mmsa)
    return sides


def measure(folder: Path, sides: dict[str, Command], repeats: int) -> dict[str, dict[str, float]]:
    """Run the sides in turns; return the medians of what they measure."""
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for _ in range(repeats):
        for side, command in sides.items():
            found = json.loads(run(folder, *command).splitlines()[-1])
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
        folder = Path(name)
        bert = make_bert(folder)
        for model in chosen.models:
            segments = chosen.segments or FEW.get(model, MOSI.splits[0])
            pickles = ALIGNED.get(model, unaligned)(folder, segments)
            sides = commands(config, model, pickles, bert, chosen)
            found = measure(folder, sides, chosen.repeats)
            print(row(model, segments, found), flush=True)


if __name__ == "__main__":
    main()
