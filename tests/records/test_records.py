"""What a command writes is read by the same type; what does not fit is told with file and key."""

from pathlib import Path
from typing import Any

import pytest

from evenfuse.checksums import SEAL, seal
from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.choice import choose
from evenfuse.evaluation.predictions import Predictions
from evenfuse.evaluation.results import arm_results
from evenfuse.files import write_json
from evenfuse.records.arms import ArmResults
from evenfuse.records.choices import Choice
from evenfuse.records.record import Record
from evenfuse.records.references import References
from evenfuse.records.runs import RunRecord
from evenfuse.records.timings import TimedModel, Timing, TimingProvenance
from tests.damage import every_damage_is_found
from tests.evaluation.test_results import of_seeds
from tests.records.made import cache_provenance, run_record, run_values
from tests.test_damage import UNREADABLE

TIMED = TimedModel(
    optimizer="sgd", algorithm="sgd", variant="gb", parameters=7, precision="float32", seconds=[1.5]
)


def records() -> list[Record]:
    """One of each."""
    runs = [run_record(1), run_record(2)]
    predictions: Predictions = of_seeds(1, 2)
    software: dict[str, Any] = {"git_commit": None, "versions": {"numpy": "2"}}
    return [
        runs[0],
        arm_results(runs, predictions, cache_provenance(), {"test.h5": "xyz"}),
        choose(runs, ["optimizer.learning_rate", "model.a_fusion"]),
        References(
            n_train=3, n_test=4, training_mean=[0.1], scores={"training_mean": {"mae": 0.5}}
        ),
        Timing(
            dataset="demo",
            generated_data=True,
            n_train=3,
            device="CPU",
            threads=1,
            provenance=TimingProvenance(caches={}, **software),
            models=[TIMED],
        ),
        cache_provenance(),
    ]


@pytest.mark.parametrize("record", records(), ids=lambda record: type(record).__name__)
def test_what_is_written_is_read(record: Record, tmp_path: Path) -> None:
    record.write(tmp_path / "record.json")
    assert type(record).read(tmp_path / "record.json") == record


@pytest.mark.parametrize("record", records(), ids=lambda record: type(record).__name__)
def test_every_damage_of_a_record_is_found(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    record.write(path)
    every_damage_is_found(path, lambda: type(record).read(path), path)


@pytest.mark.parametrize("content", ['{"a": 1', "\x00", "[" * 10**5])
def test_a_record_that_is_no_json_is_set_aside(content: str, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(content)
    with pytest.raises(EvenfuseError, match=r"cannot be used .* aside as run\.json\.damaged"):
        RunRecord.read(path)


def test_a_record_without_a_seal_is_read_as_it_is(tmp_path: Path) -> None:
    write_json(tmp_path / "run.json", run_values(1))
    assert RunRecord.read(tmp_path / "run.json") == run_record(1)


def test_a_record_that_cannot_be_read_stays(tmp_path: Path) -> None:
    (tmp_path / "run.json").symlink_to(UNREADABLE)
    with pytest.raises(EvenfuseError, match=r"run\.json cannot be read \(Input/output error\)"):
        RunRecord.read(tmp_path / "run.json")
    assert (tmp_path / "run.json").is_symlink()


def write_sealed(path: Path, values: dict[str, Any]) -> None:
    """Write what no record can write."""
    write_json(path, {**values, "seal": SEAL})
    seal(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"n_valid": None}, "the key 'n_valid' is wrong"),
        ({"n_valids": 3}, "the key 'n_valids' is unknown"),
        ({"settings": {"model": {"name": "awff"}}}, "unknown model 'awff'"),
        ({"settings": {"optimizer": {"rate": 1}}}, "'settings.optimizer.rate'"),
        ({"selection": {}}, "the key 'selection.metric' is missing"),
    ],
)
def test_what_does_not_fit_is_told_with_file_and_key(
    change: dict[str, Any], told: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.json"
    values = run_values(1)
    settings = {**values["settings"], **change.get("settings", {})}
    write_sealed(path, {**values, **change, "settings": settings})
    with pytest.raises(EvenfuseError) as caught:
        RunRecord.read(path)
    assert str(caught.value).startswith(f"the file {path} cannot be used (")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not path.exists()


def test_a_renamed_key_of_an_arm_is_told(tmp_path: Path) -> None:
    arm = next(record for record in records() if isinstance(record, ArmResults))
    values = arm.values()
    values["provenance"]["sha"] = values["provenance"].pop("git_commit")
    write_sealed(tmp_path / "arm.json", values)
    with pytest.raises(EvenfuseError, match=r"arm\.json .* 'provenance\.git_commit' is missing"):
        ArmResults.read(tmp_path / "arm.json")


def test_the_kinds_of_a_points_values_survive(tmp_path: Path) -> None:
    choice = next(record for record in records() if isinstance(record, Choice))
    choice.write(tmp_path / "choice.json")
    winner = Choice.read(tmp_path / "choice.json").winner
    assert [type(value) for value in winner.values()] == [float, bool]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", "id,label\n"), ("a.json", '{"a": 1}'), ("a.json", "[]"), ("a.json", "null")],
)
def test_a_file_of_someone_else_is_left_alone(tmp_path: Path, name: str, content: str) -> None:
    file = tmp_path / name
    file.write_text(content)
    with pytest.raises(EvenfuseError, match=f"{name} is not a file that evenfuse wrote: "):
        RunRecord.read(file)
    assert [path.name for path in tmp_path.iterdir()] == [name]
