"""One measurement per process: `align_tasks.py TASK FOLDER [VIDEOS SECONDS]`; see align.py.

Prints JSON: wall and CPU seconds of the task without imports, and the process's peak memory.
"""

import json
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

import numpy as np

from evenfuse.alignment.segments import align_video
from evenfuse.commands.align import command
from evenfuse.datasets.csd import CsdCorpus
from evenfuse.datasets.csd_file import CsdFile
from evenfuse.generation.csd import write_csd

ROLES = ("words", "labels", "vectors", "audio", "video")
RATES = {"audio": (100.0, 74), "video": (30.0, 35)}  # frames per second and width, as CMU-MOSI's
WORD_SECONDS, SEGMENT_WORDS = 0.6, 13


class Track(Mapping):
    """One role of a corpus; a video is made when it is asked for."""

    def __init__(self, role: str, videos: int, seconds: float):
        self.role, self.videos, self.seconds = role, videos, seconds
        rate, width = RATES.get(role, (1 / WORD_SECONDS, 300))
        frames = int(seconds * rate)
        self.start = np.arange(frames)[:, None] / rate
        self.noise = np.random.default_rng(0).standard_normal((frames, width), np.float32)

    def __getitem__(self, video: str) -> tuple[np.ndarray, np.ndarray]:
        number = int(video[5:])
        words = self._words(np.random.default_rng(number))
        if self.role == "words":
            return words, np.resize(np.array([[b"one"], [b"other"], [b"sp"]]), (len(words), 1))
        if self.role == "labels":
            first = np.arange(0, len(words), SEGMENT_WORDS)
            last = np.minimum(first + SEGMENT_WORDS, len(words)) - 1
            bounds = np.stack([words[first, 0], words[last, 1]], axis=1)
            return bounds, np.resize(np.float32([[-1], [0.5], [2]]), (len(bounds), 1))
        noise = self.noise * np.float32(1 + number / 1000)
        if self.role == "vectors":
            return words, noise[: len(words)]
        return np.hstack([self.start, self.start + 1 / RATES[self.role][0]]), noise

    def _words(self, rng: np.random.Generator) -> np.ndarray:
        """Word after word, with a gap after every segment."""
        number = int(self.seconds / WORD_SECONDS)
        lengths = rng.gamma(4.0, WORD_SECONDS / 5.5, number) + 0.05
        gaps = np.where(np.arange(number) % SEGMENT_WORDS == 0, rng.exponential(1.0, number), 0)
        ends = np.cumsum(lengths + gaps)
        ends, lengths = ends * self.seconds / ends[-1], lengths * self.seconds / ends[-1]
        return np.stack([ends - lengths, ends], axis=1)

    def __iter__(self) -> Iterator[str]:
        return (f"video{number:05d}" for number in range(self.videos))

    def __len__(self) -> int:
        return self.videos


def path_of(folder: Path, role: str) -> Path:
    return folder / f"{role}.csd"


def generate(folder: Path, videos: int, seconds: float) -> None:
    for role in ROLES:
        write_csd(path_of(folder, role), role, "benchmark", Track(role, videos, seconds))
    names = list(Track("labels", videos, seconds))
    train, valid = round(videos * 52 / 93), round(videos * 62 / 93)
    folds = {"train": names[:train], "valid": names[train:valid], "test": names[valid:]}
    (folder / "folds.json").write_text(json.dumps(folds))


def ours_alone(folder: Path) -> Callable[[], object]:
    with CsdCorpus({role: path_of(folder, role) for role in ROLES}) as corpus:
        videos = [
            (
                v,
                corpus.labels(v),
                corpus.words(v)[0],
                {m: corpus.frames(m, v)[0] for m in ROLES[2:]},
            )
            for v in corpus.videos
        ]
    return lambda: [align_video(*video, "sp") for video in videos]


def ours(folder: Path) -> Callable[[], object]:
    sources = [f"{role}={path_of(folder, role)}" for role in ROLES]
    arguments = [*sources, "--folds", str(folder / "folds.json"), "--output", str(folder / "cache")]
    return lambda: command.main(arguments, standalone_mode=False)


def _average(intervals: np.ndarray, features: np.ndarray) -> np.ndarray:
    return np.average(features, axis=0)


def _dataset(folder: Path, roles: tuple[str, ...]):
    from mmsdk.mmdatasdk import mmdataset

    return mmdataset({role: str(path_of(folder, role)) for role in roles})


def sdk_alone(folder: Path) -> Callable[[], object]:
    data = {}
    for role in ROLES[1:]:
        file = CsdFile(path_of(folder, role))
        data[role] = {v: vars(file.read(v)) for v in file.videos}
    dataset, labels = _dataset(folder, ROLES[2:]), _dataset(folder, ROLES[1:2])["labels"]
    for role in ROLES[2:]:
        dataset[role].setData(data[role], role)
    labels.setData(data["labels"], "labels")

    def run() -> None:
        dataset.align("vectors", collapse_functions=[_average])
        dataset.computational_sequences["labels"] = labels
        dataset.align("labels")

    return run


def sdk(folder: Path) -> Callable[[], object]:
    shutil.rmtree(folder / "sdk", ignore_errors=True)
    import_module("mmsdk.mmdatasdk")  # imports are not measured

    def run() -> None:
        dataset = _dataset(folder, ROLES[2:])
        dataset.align("vectors", collapse_functions=[_average])
        dataset.add_computational_sequences({"labels": str(path_of(folder, "labels"))}, None)
        dataset.align("labels")
        dataset.deploy(str(folder / "sdk"), {role: role for role in ROLES[1:]})

    return run


def limit(folder: Path) -> Callable[[], object]:
    results = {path.name: path.read_bytes() for path in (folder / "cache").glob("*.h5")}

    def run() -> None:
        for role in ROLES:
            file = CsdFile(path_of(folder, role))
            for video in file.videos:
                file.read(video)
        for name, content in results.items():
            (folder / f"limit-{name}").write_bytes(content)

    return run


def main(task: str, folder: Path, *size: str) -> None:
    if task == "generate":
        generate(folder, int(size[0]), float(size[1]))
        return
    run = {f.__name__: f for f in (ours_alone, ours, sdk_alone, sdk, limit)}[task](folder)
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("\n" + json.dumps({"wall": wall, "cpu": cpu, "memory": memory}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
