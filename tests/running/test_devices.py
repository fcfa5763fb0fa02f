"""Leases of GPUs: real processes that hold them, wait for them and die with them."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from evenfuse.assembly.trainer import prepare
from evenfuse.running.devices import lease, leased_device
from tests.processes import eventually
from tests.training.conftest import data_of, run_settings

HOLDER = """
import sys, time
from pathlib import Path
from evenfuse.running.devices import lease

folder, sharers, *names = sys.argv[1:]
with lease(names, Path(folder), int(sharers)) as name:
    print(name, flush=True)
    time.sleep(600)
"""
gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")


@dataclass
class Holder:
    """A process that asks for a lease and keeps it; what it prints lies in files."""

    process: subprocess.Popen[bytes]
    printed: Path
    told: Path

    def name(self) -> str:
        return self.printed.read_text().strip()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


Start = Callable[[int, list[str]], Holder]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function: sharers, names -> a process that asks for one of the names."""
    holders: list[Holder] = []

    def started(sharers: int, names: list[str]) -> Holder:
        printed, told = (tmp_path / f"{kind}-{len(holders)}" for kind in ("printed", "told"))
        command = [sys.executable, "-c", HOLDER, str(tmp_path / "leases"), str(sharers), *names]
        with printed.open("w") as out, told.open("w") as err:
            process = subprocess.Popen(command, stdout=out, stderr=err)
        holders.append(Holder(process, printed, told))
        return holders[-1]

    yield started
    for holder in holders:
        holder.kill()


def test_the_third_waits_says_so_and_gets_the_place_of_the_killed(start: Start) -> None:
    first, second = (start(1, ["a", "b"]) for _ in range(2))
    eventually(lambda: bool(first.name() and second.name()))
    assert {first.name(), second.name()} == {"a", "b"}
    third = start(1, ["a", "b"])
    eventually(lambda: "\n" in third.told.read_text())
    assert third.told.read_text() == "waiting for a free GPU: all 2 are leased\n"
    assert third.name() == ""
    second.kill()
    eventually(lambda: bool(third.name()))
    assert third.name() == second.name()
    assert third.told.read_text().count("waiting") == 1


def test_sharers_fill_every_gpu_once_before_they_share(start: Start) -> None:
    holders = []
    for _ in range(4):
        holders.append(start(2, ["a", "b"]))
        eventually(lambda: bool(holders[-1].name()))
    assert [holder.name() for holder in holders] == ["a", "b", "a", "b"]
    fifth = start(2, ["a", "b"])
    eventually(lambda: "all 4 are leased" in fifth.told.read_text())


def test_a_lease_ends_with_its_block_even_if_that_fails(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), lease(["a"], tmp_path, 1) as name:
            raise ZeroDivisionError(name)


def test_without_a_visible_gpu_the_cpu_computes_with_the_given_threads() -> None:
    code = (
        "import torch; from evenfuse.running.devices import leased_device\n"
        "with leased_device(2) as device: print(device, torch.get_num_threads())"
    )
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert result.stdout == "cpu 2\n"


def test_visible_gpus_are_leased_by_identity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process to which CUDA shows GPUs in another order leases the same ones."""
    seen = ["uuid-2", "uuid-0"]
    asked = []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("evenfuse.running.devices._visible_gpus", lambda: seen)
    monkeypatch.setattr(torch.cuda, "set_device", asked.append)
    with leased_device(1) as one, leased_device(1) as two:
        assert [one.index, two.index] == [0, 1]
        seen.reverse()
        with leased_device(1, runs_per_gpu=2) as shared:  # of each GPU, one of two places is free
            assert shared.index == 0
    assert [device.index for device in asked] == [0, 1, 0]
    (folder,) = tmp_path.glob("evenfuse-gpus-*")
    assert folder.is_dir()


@gpu
def test_a_gpu_is_leased_by_its_uuid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with leased_device(1) as device:
        uuid = str(torch.cuda.get_device_properties(device).uuid)
        (lock,) = tmp_path.glob("evenfuse-gpus-*/*.lock")
        assert lock.name == f"{uuid}.0.lock"
        assert torch.cuda.current_device() == device.index


@gpu
@pytest.mark.parametrize("balancer", ["none", "b_fusion"])
def test_the_steps_of_an_epoch_never_wait_for_the_gpu(cache: Path, balancer: str) -> None:
    run = run_settings(balancing={"name": balancer}, optimizer={"clip_norm": 1.0})
    trainer = prepare(run, data_of(run, cache), torch.device("cuda", 0))
    groups = trainer.groups()
    trainer.step(next(groups))  # the first step loads kernels
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for batches in groups:
            trainer.step(batches)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@gpu
def test_a_gpu_that_has_bfloat16_computes_in_it(cache: Path) -> None:
    run = run_settings()
    trainer = prepare(run, data_of(run, cache), torch.device("cuda", 0))
    fast = torch.cuda.is_bf16_supported(including_emulation=False)
    assert trainer.step.precision == ("bfloat16" if fast else "float32")
    seen = set()
    trainer.state.model.projections["audio"].register_forward_hook(
        lambda _module, _inputs, output: seen.add(output.dtype)
    )
    trainer.step(next(trainer.groups()))
    assert seen == {torch.bfloat16 if fast else torch.float32}
    assert {p.dtype for p in trainer.state.model.parameters()} == {torch.float32}
