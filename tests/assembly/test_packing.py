"""A packed model is unpacked as it was; anything else is refused and leaves nothing."""

import io
import random
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenfuse import load
from evenfuse.checksums import write_sums
from evenfuse.errors import EvenfuseError
from evenfuse.records.arms import ArmResults
from tests.conftest import run_command
from tests.processes import train
from tests.training.conftest import run_settings

Entries = list[tuple[zipfile.ZipInfo, bytes]]


@pytest.fixture(scope="module")
def project(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a trained and evaluated arm of two seeds."""
    folder = tmp_path_factory.mktemp("project")
    run = run_settings(training={"epochs": 2, "batch_size": 16})
    train(run, cache, folder, "--seed", 1, "--seed", 2)
    arm = folder / "results/runs/demo_adam_gb"
    arm.parent.mkdir()
    arm.mkdir()
    for seed in (1, 2):
        (folder / f"results/seed-{seed}").rename(arm / f"seed-{seed}")
    return folder


@pytest.fixture(scope="module")
def model(project: Path) -> Path:
    return project / "results/runs/demo_adam_gb/seed-1/model"


@pytest.fixture(scope="module")
def packed(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("packed") / "model.zip"
    run_command("pack", model, output)
    return output


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def refused(archive: Path, target: Path) -> str:
    before = sorted(target.parent.iterdir())
    with pytest.raises(EvenfuseError) as caught:
        run_command("unpack", archive, target)
    assert sorted(target.parent.iterdir()) == before
    return str(caught.value)


def test_it_comes_out_as_it_went_in(model: Path, packed: Path, tmp_path: Path) -> None:
    run_command("unpack", packed, tmp_path / "model")
    assert content(tmp_path / "model") == content(model)
    assert load(tmp_path / "model").modalities == ("audio", "video")


def test_the_same_model_makes_the_same_file(model: Path, packed: Path, tmp_path: Path) -> None:
    run_command("pack", model, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def test_an_unpacked_model_can_be_packed_again(packed: Path, tmp_path: Path) -> None:
    run_command("unpack", packed, tmp_path / "deep/down/model")
    run_command("pack", tmp_path / "deep/down/model", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def test_the_card_has_test_scores_once_the_arm_is_evaluated(
    project: Path, model: Path, cache: Path, tmp_path: Path
) -> None:
    assert "The test split was not read" in (model / "README.md").read_text()
    runs = [model.parents[1] / f"seed-{seed}/run.json" for seed in (1, 2)]
    output = project / "results/demo_adam_gb.json"
    run_command("evaluate", *runs, "--test", cache / "test.h5", "--output", output)
    run_command("pack", model, tmp_path / "model.zip")
    run_command("unpack", tmp_path / "model.zip", tmp_path / "model")
    card, mae = (tmp_path / "model/README.md").read_text(), ArmResults.read(output).metrics["mae"]
    assert f"{mae.ci95[0]:.3f} to {mae.ci95[1]:.3f}" in card
    assert "Demo numbers" in card
    assert load(tmp_path / "model").settings == load(model).settings

    other = ArmResults.read(output)
    other.selection.scores[0]["mae"] += 0.1
    other.write(output)
    with pytest.raises(EvenfuseError, match=r"is of other runs than .*; evaluate them again"):
        run_command("pack", model, tmp_path / "other.zip")
    assert not (tmp_path / "other.zip").exists()
    output.unlink()


def test_what_is_no_model_is_not_packed(model: Path, tmp_path: Path) -> None:
    run_command("pack", model, tmp_path / "model.zip")
    run_command("unpack", tmp_path / "model.zip", tmp_path / "model")
    (tmp_path / "model/code.py").write_text("print()")
    write_sums(tmp_path / "model")
    with pytest.raises(EvenfuseError, match=r"holds 'code.py', which is no part of a model"):
        run_command("pack", tmp_path / "model", tmp_path / "other.zip")
    with pytest.raises(EvenfuseError, match="is a folder; name a file to write to"):
        run_command("pack", model, tmp_path)


def test_a_folder_that_is_there_stays(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert "there is already a" in refused(packed, tmp_path / "mine")


def rewritten(packed: Path, target: Path, change: Callable[[Entries], None]) -> Path:
    """A copy of the archive with other entries."""
    with zipfile.ZipFile(packed) as archive:
        entries = [(entry, archive.read(entry)) for entry in archive.infolist()]
    change(entries)
    with zipfile.ZipFile(target, "w") as archive:
        for entry, data in entries:
            archive.writestr(entry, data, entry.compress_type)
    return target


def entry(name: str, mode: int = stat.S_IFREG | 0o644, compressed: bool = False) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    made.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    return made


HOSTILE = {
    "above": (entry("../evil.json"), b"{}"),
    "far above": (entry("text_encoder/../../evil.json"), b"{}"),
    "absolute": (entry("/tmp/evil.json"), b"{}"),
    "another drive": (entry("C:\\evil.json"), b"{}"),
    "a folder": (entry("text_encoder/", stat.S_IFDIR | 0o755), b""),
    "a link": (entry("link.json", stat.S_IFLNK | 0o777), b"/etc/passwd"),
    "a pipe": (entry("pipe.json", stat.S_IFIFO | 0o644), b""),
    "code": (entry("text_encoder/modeling.py"), b"print()"),
    "a pickle": (entry("text_encoder/pytorch_model.bin"), b"\x80\x04."),
    "a bomb": (entry("more.json", compressed=True), b"0" * (1 << 24)),
    "not listed": (entry("more.json"), b"{}"),
    "nobody's name": (entry("a\nb.json"), b"{}"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_archive_with_anything_else_is_refused(packed: Path, tmp_path: Path, kind: str) -> None:
    hostile = rewritten(packed, tmp_path / "h.zip", lambda entries: entries.append(HOSTILE[kind]))
    told = refused(hostile, tmp_path / "model")
    assert told.startswith(
        f"{hostile} is not unpacked, for it is no model that evenfuse has packed"
    )
    assert "\n" not in told
    assert not Path("/tmp/evil.json").exists()


def test_an_entry_that_is_there_twice_is_refused(packed: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = rewritten(packed, tmp_path / "h.zip", lambda entries: entries.append(entries[0]))
    assert "it holds too many files, or one twice" in refused(twice, tmp_path / "model")


def test_a_changed_file_is_refused(packed: Path, tmp_path: Path) -> None:
    def change(entries: Entries) -> None:
        place = [entry.filename for entry, _ in entries].index("README.md")
        entries[place] = (entries[place][0], entries[place][1] + b"!")

    changed = rewritten(packed, tmp_path / "h.zip", change)
    assert "the checksum of its README.md is wrong" in refused(changed, tmp_path / "model")


def test_entries_that_lie_upon_one_another_are_refused(packed: Path, tmp_path: Path) -> None:
    """Each is within the archive, and all together are larger than it."""
    content = packed.read_bytes()
    with zipfile.ZipFile(packed) as archive:
        entries = archive.infolist()
    largest = max(entries, key=lambda entry: entry.file_size)
    start = archive.start_dir
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as bomb:
        bomb.fp.write(content[:start])  # type: ignore[union-attr]
        bomb.start_dir = start
        bomb._didModify = True  # type: ignore[attr-defined]
        for number in range(40):
            upon = entry(f"more{number}.json")
            upon.header_offset, upon.CRC = largest.header_offset, largest.CRC
            upon.file_size = upon.compress_size = largest.file_size
            bomb.filelist.append(upon)
    (tmp_path / "h.zip").write_bytes(made.getvalue())
    told = refused(tmp_path / "h.zip", tmp_path / "model")
    assert "it says that it holds more than its own size" in told


@pytest.mark.parametrize("content", [b"", b"PK", b"dear", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "h.zip").write_bytes(content)
    assert "is no model that evenfuse has packed" in refused(tmp_path / "h.zip", tmp_path / "model")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert (
        refused(tmp_path / "none.zip", tmp_path / "model")
        == f"there is no file {tmp_path}/none.zip"
    )


@given(seed=st.integers(0, 10**9))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_found(packed: Path, tmp_path: Path, model: Path, seed: int) -> None:
    """Bits are flipped, or the file is cut short: what comes out is the model, or nothing."""
    rng, content_ = random.Random(seed), bytearray(packed.read_bytes())
    directory = content_.rindex(b"PK\x01\x02") - 400  # where the names and sizes are, mostly
    for _ in range(rng.choice([1, 2, 8])):
        first = rng.choice([0, directory])
        content_[rng.randrange(first, len(content_))] ^= 1 << rng.randrange(8)
    if rng.random() < 0.1:
        del content_[rng.randrange(len(content_)) :]
    damaged, target = tmp_path / "h.zip", tmp_path / "model"
    damaged.write_bytes(content_)
    try:
        run_command("unpack", damaged, target)
    except EvenfuseError as error:
        assert "\n" not in str(error)
    else:
        assert content(target) == content(model)
        for path in sorted(target.rglob("*"), reverse=True):
            path.unlink()
        target.rmdir()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h.zip"]
