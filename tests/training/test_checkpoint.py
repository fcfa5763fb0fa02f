"""Checkpoints: a run that goes on is the run that was never stopped."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from evenfuse.errors import EvenfuseError
from evenfuse.files import DiskFullError
from evenfuse.records.checkpoints import newest_epoch
from evenfuse.training.checkpoint import Checkpoints
from evenfuse.training.loop import Trainer
from tests.damage import every_damage_is_found
from tests.test_damage import UNREADABLE
from tests.training.conftest import Make, fit

SCHEDULED = {"schedule": "cosine", "warmup": 0.1, "learning_rate": 5e-3}


class StoppedError(Exception):
    """The run is interrupted here."""


class Interruption:
    """A watcher that stops the run after some epochs, or after some batches of one."""

    def __init__(self, epochs: int, batches: int = 0):
        self.epochs, self.batches = epochs, batches

    def begun(self, batches: int, done: Any) -> None:
        self._stop_if_due()

    def epoch_done(self, row: Any) -> None:
        self.epochs -= 1
        self._stop_if_due()

    def batches_done(self, number: int) -> None:
        if self.epochs == 0:
            self.batches -= number
            self._stop_if_due()

    def _stop_if_due(self) -> None:
        if self.epochs == 0 and self.batches <= 0:
            raise StoppedError


class Epochs:
    """A watcher that notes which epochs are trained."""

    def __init__(self) -> None:
        self.trained: list[float] = []

    def begun(self, batches: int, done: Any) -> None:
        pass

    def batches_done(self, number: int) -> None:
        pass

    def epoch_done(self, row: Any) -> None:
        self.trained.append(row["epoch"])


def numbers(trainer: Trainer) -> dict[str, Any]:
    rows = numbers_of(trainer.state.rows)
    return {"rows": rows, "epoch": trainer.state.selection.epoch}


def numbers_of(rows: list[dict[str, float]]) -> list[dict[str, float]]:
    return [{k: v for k, v in row.items() if k != "seconds"} for row in rows]


@pytest.mark.parametrize("algorithm", ["sgd", "adam"])
@pytest.mark.parametrize("stop", [(1, 0), (2, 3), (4, 0)])
def test_goes_on_exactly(make: Make, tmp_path: Path, algorithm: str, stop: tuple[int, int]) -> None:
    optimizer = {**SCHEDULED, "algorithm": algorithm}
    whole = make(optimizer=optimizer)  # each seeds everything, so each is trained before the next
    fit(whole, tmp_path / "whole")
    end = whole.state.tensors()
    with pytest.raises(StoppedError):
        fit(make(optimizer=optimizer), tmp_path / "cut", [Interruption(*stop)])
    second, epochs = make(optimizer=optimizer), Epochs()
    fit(second, tmp_path / "cut", [epochs])
    assert epochs.trained == list(range(stop[0] + 1, 5))
    assert numbers(second) == numbers(whole)
    expected = whole.state.model.state_dict()
    for key, value in second.state.model.state_dict().items():
        assert torch.equal(value, expected[key]), key
    for key, value in second.state.tensors().items():
        assert torch.equal(value, end[key]), key


def test_a_finished_run_is_not_trained_again(make: Make, tmp_path: Path) -> None:
    first = make(training={"epochs": 2})
    fit(first, tmp_path)
    again = make(training={"epochs": 2})
    again.step = None  # type: ignore[assignment]
    fit(again, tmp_path)
    assert numbers(again) == numbers(first)


def test_only_the_newest_epoch_is_kept_with_the_best_weights(make: Make, tmp_path: Path) -> None:
    run = make(optimizer={"learning_rate": 0.05})
    (tmp_path / ".epoch-9.1.part").mkdir()  # what a kill while writing leaves
    fit(run, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epoch-4", "lock"]
    assert run.state.selection.epoch < 4


def test_where_files_cannot_be_linked_the_best_weights_are_copied(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, target: Path) -> None:
        raise OSError

    monkeypatch.setattr(Path, "hardlink_to", refused)
    run = make(optimizer={"learning_rate": 0.05})
    fit(run, tmp_path)
    assert run.state.selection.epoch < 4
    kept = load_file(tmp_path / "epoch-4/best.safetensors")
    weights = run.state.model.state_dict()
    assert all(torch.equal(kept[name], weights[name]) for name in weights)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"settings": {"optimizer": {"learning_rate": 0.5}}}, "settings.optimizer.learning_rate"),
        ({"code": "fedcba"}, "code was abcdef and is fedcba now"),
        ({"caches": {"train.h5": "2"}}, "caches.train.h5 was 1 and is 2 now"),
        ({"text_encoder": "cd"}, "text_encoder was ab and is cd now"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(
    make: Make, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    identity = {
        "settings": {"optimizer": {"learning_rate": 0.1}},
        "code": "abcdef",
        "caches": {"train.h5": "1"},
        "text_encoder": "ab",
    }
    run = make(training={"epochs": 1})
    with Checkpoints(tmp_path, identity) as kept:
        run.fit(kept, [])
    with (
        Checkpoints(tmp_path, {**identity, **change}) as kept,
        pytest.raises(EvenfuseError) as caught,
    ):
        kept.resume(make().state)
    assert told in str(caught.value)
    assert f"the checkpoint in {tmp_path} is of another run" in str(caught.value)
    assert "delete that folder to start over" in str(caught.value)
    assert newest_epoch(tmp_path) == tmp_path / "epoch-1"


FILES = [
    *("weights.safetensors", "best.safetensors", "state.safetensors"),
    *("state.json", "identity.json", "SHA256SUMS"),
]


@pytest.mark.parametrize("name", FILES)
def test_every_damage_of_a_checkpoint_is_found(make: Make, tmp_path: Path, name: str) -> None:
    run = make(training={"epochs": 2}, optimizer={"learning_rate": 0.05})
    fit(run, tmp_path)
    epoch, identity = tmp_path / "epoch-2", {"settings": run.settings.model_dump()}
    for link in ("weights.safetensors", "best.safetensors"):  # of one file, if it is the best
        content = (epoch / link).read_bytes()
        (epoch / link).unlink()
        (epoch / link).write_bytes(content)

    def resume() -> None:
        with Checkpoints(tmp_path, identity) as kept:
            kept.resume(run.state)

    every_damage_is_found(epoch / name, resume, epoch, number=40)


def test_after_damage_the_same_command_trains_again(make: Make, tmp_path: Path) -> None:
    short = {"training": {"epochs": 1}}
    first = numbers_of(fit(make(**short), tmp_path))
    file = tmp_path / "epoch-1/weights.safetensors"
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(EvenfuseError, match=r"cannot be used .* set aside as epoch-1\.damaged"):
        fit(make(**short), tmp_path)
    assert numbers_of(fit(make(**short), tmp_path)) == first


def test_best_weights_that_change_while_training_goes_on_are_found(
    make: Make, tmp_path: Path
) -> None:
    """Each checkpoint takes them over from the one before; their digest is that of their epoch."""

    class Damages(Interruption):
        def epoch_done(self, row: Any) -> None:
            if not (tmp_path / f"epoch-{int(row['epoch'])}/best.safetensors").samefile(
                tmp_path / f"epoch-{int(row['epoch'])}/weights.safetensors"
            ):
                file = tmp_path / f"epoch-{int(row['epoch'])}/best.safetensors"
                content = bytearray(file.read_bytes())
                content[-1] ^= 1
                file.write_bytes(content)

    with pytest.raises(EvenfuseError, match=r"the checksum of its best\.safetensors is wrong"):
        fit(make(optimizer={"learning_rate": 0.05}), tmp_path, [Damages(-1)])


def test_a_checkpoint_that_cannot_be_read_stays(make: Make, tmp_path: Path) -> None:
    fit(make(training={"epochs": 1}), tmp_path)
    file = tmp_path / "epoch-1/state.safetensors"
    file.unlink()
    file.symlink_to(UNREADABLE)
    with pytest.raises(EvenfuseError, match=r"epoch-1 cannot be read \(Input/output error\)"):
        fit(make(training={"epochs": 1}), tmp_path)
    assert newest_epoch(tmp_path) == tmp_path / "epoch-1"


def test_two_processes_cannot_train_one_run(tmp_path: Path) -> None:
    with (
        Checkpoints(tmp_path, {}),
        pytest.raises(EvenfuseError, match="another process trains this run now"),
        Checkpoints(tmp_path, {}),
    ):
        pass


def test_a_full_disk_leaves_the_earlier_checkpoint(make: Make, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], check=True)
    folder = small_disk / "run"
    run = make(training={"epochs": 2})
    with pytest.raises(StoppedError):
        fit(run, folder, [Interruption(1)])
    kept = {path.name: path.read_bytes() for path in (folder / "epoch-1").iterdir()}
    free = os.statvfs(small_disk)
    (small_disk / "other").write_bytes(bytes((free.f_bavail - 3) * free.f_frsize))
    with pytest.raises(DiskFullError, match=r"the disk is full: .*epoch-2"):
        fit(make(training={"epochs": 2}), folder)
    assert {path.name: path.read_bytes() for path in (folder / "epoch-1").iterdir()} == kept
    assert sorted(path.name for path in folder.iterdir()) == ["epoch-1", "lock"]
    (small_disk / "other").unlink()
    assert [row["epoch"] for row in fit(make(training={"epochs": 2}), folder)] == [1, 2]


def test_a_checkpoint_holds_no_pickle(make: Make, tmp_path: Path) -> None:
    fit(make(training={"epochs": 1}), tmp_path)
    files = sorted(path.name for path in (tmp_path / "epoch-1").iterdir())
    assert files == sorted(FILES)
    state = json.loads((tmp_path / "epoch-1/state.json").read_text())
    assert set(state) == {"rows", "selection", "schedule", "groups", "random"}
