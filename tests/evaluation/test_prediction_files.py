"""Files of predictions: ours and others' are read alike; what is wrong is told in one sentence."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet
import pytest

from evenfuse.damage import DamagedError
from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.prediction_files import read_predictions
from evenfuse.evaluation.predictions import Predictions

ONE = ("sentiment",)
GOOD = "id,truth,prediction,seed\nb,1,0.5,2\na,-1,-2,1\nb,1,0.7,1\na,-1,0,2\n"
Edit = Callable[[str], str]


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "p.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_segments_and_seeds_are_lined_up(tmp_path: Path) -> None:
    read = read_predictions(written(tmp_path, GOOD), ONE)
    assert (read.ids, read.seeds, read.columns) == (["a", "b"], [1, 2], ONE)
    assert read.truth.tolist() == [[-1], [1]]
    assert read.predicted.tolist() == [[[-2], [0.7]], [[0], [0.5]]]


def test_parquet_and_csv_are_read_alike(tmp_path: Path) -> None:
    csv = written(tmp_path, GOOD)
    pd.read_csv(csv).to_parquet(tmp_path / "p.any")
    one, other = read_predictions(csv, ONE), read_predictions(tmp_path / "p.any", ONE)
    assert (one.ids, one.seeds) == (other.ids, other.seeds)
    assert one.predicted.tolist() == other.predicted.tolist()


def test_what_an_arm_wrote_is_read_back(tmp_path: Path) -> None:
    rng, columns = np.random.default_rng(0), ("sad", "angry")
    truth = rng.integers(0, 2, (5, 2)).astype(np.float32)
    predicted = rng.normal(size=(3, 5, 2)).astype(np.float32)
    arm = Predictions([f"v[{i}]" for i in (3, 1, 0, 2, 4)], columns, [7, 2, 5], truth, predicted)
    arm.write(tmp_path / "p.parquet")
    read = read_predictions(tmp_path / "p.parquet", columns)
    assert read.seeds == [2, 5, 7]
    assert read.truth.tolist() == arm.by_id()[0].tolist()
    assert read.predicted.tolist() == arm.by_id()[1][[1, 2, 0]].tolist()


def test_columns_are_found_by_name_not_by_order(tmp_path: Path) -> None:
    text = "seed,prediction_b,id,truth_b,note,truth_a,prediction_a\n1,0.2,x,1,so,0,0.1\n"
    read = read_predictions(written(tmp_path, text), ("a", "b"))
    assert read.truth.tolist() == [[0, 1]]
    assert read.predicted.tolist() == [[[0.1, 0.2]]]


@pytest.mark.parametrize(
    ("edit", "ids"),
    [
        (lambda text: text.replace("a,-", "007,-").replace("b,", "08,"), ["007", "08"]),
        (lambda text: text.replace("a,-", "1,-").replace("b,", "10,"), ["1", "10"]),
        (lambda text: text.replace("a,-", '"a, ""A""\nB",-'), ['a, "A"\nB', "b"]),
        (lambda text: text.replace("a,-", "NA,-"), ["NA", "b"]),
        (lambda text: "\ufeff" + text.replace("\n", "\r\n"), ["a", "b"]),
        (lambda text: text.replace(",2\n", ",2.0\n"), ["a", "b"]),
    ],
    ids=["zeros", "numbers", "quoted", "NA", "Windows", "seeds with a point"],
)
def test_what_other_software_may_write_is_read(tmp_path: Path, edit: Edit, ids: list[str]) -> None:
    read = read_predictions(written(tmp_path, edit(GOOD)), ONE)
    assert read.ids == ids
    assert read.predicted.shape == (2, 2, 1)


def test_a_truth_that_float32_has_rounded_is_the_same(tmp_path: Path) -> None:
    rounded = GOOD.replace("a,-1,-2", f"a,{-1.6},-2").replace(
        "a,-1,0", f"a,{np.float32(-1.6):.12f},0"
    )
    assert read_predictions(written(tmp_path, rounded), ONE).truth[0, 0] == pytest.approx(-1.6)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda text: text.replace("seed", "run"), "no column 'seed'; its columns are: id, truth,"),
        (lambda text: text.replace(",", ";"), "no column 'id'; its columns are: id;truth;pred"),
        (lambda text: text.replace("truth", "id"), "more than one column 'id'"),
        (lambda text: text.splitlines()[0] + "\n", "has no rows"),
        (lambda text: "", "is empty"),
        (lambda text: " \n\n", "is empty"),
        (lambda text: text.replace("0.7", "NaN"), "holds nothing as 'prediction' in row 3"),
        (lambda text: text.replace("0.7", "inf"), "holds 'inf' as 'prediction' in row 3"),
        (lambda text: text.replace("0.7", "good"), "holds 'good' as 'prediction' in row 3"),
        (lambda text: text.replace("0.7", ""), "holds nothing as 'prediction' in row 3"),
        (lambda text: text.replace("0.7", "2020-01-01"), "holds '2020-01-01' as 'prediction'"),
        (lambda text: text.replace("b,1,0.5", "b,yes,0.5"), "holds 'yes' as 'truth' in row 1"),
        (lambda text: text.replace("a,-1,0,2", ",-1,0,2"), "holds nothing as 'id' in row 4"),
        (lambda text: text.replace("0,2\n", "0,1.5\n"), "holds '1.5' as 'seed' in row 4"),
        (lambda text: text.replace("0,2\n", "0,x\n"), "holds 'x' as 'seed' in row 4"),
        (lambda text: text.replace("a,-1,0,2", "a,-1,0,1"), "segment 'a' twice for seed 1"),
        (lambda text: text.replace("a,-1,0,2\n", ""), "of segment 'a' for seed 2"),
        (lambda text: text.replace("a,-1,0,2", "c,-1,0,2"), "of segment 'c' for seed 1"),
        (lambda text: text.replace("a,-1,0", "a,-1.1,0"), "another truth of segment 'a'"),
        (lambda text: text.replace("a,", "\0,"), "neither Parquet nor text in UTF-8"),
        (lambda text: '{"id": ["a"], "truth": [1]}\n', "no column 'id'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(tmp_path: Path, edit: Edit, told: str) -> None:
    with pytest.raises(EvenfuseError, match=rf"^\S*p\.csv .*{told}") as error:
        read_predictions(written(tmp_path, edit(GOOD)), ONE)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("content", [GOOD.replace("a,-1,0,2", "a,-1,0"), "PAR1" + GOOD])
def test_what_is_no_table_is_damaged(tmp_path: Path, content: str) -> None:
    with pytest.raises(DamagedError):
        read_predictions(written(tmp_path, content), ONE)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1", "cp037"])
def test_other_encodings_are_told(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, GOOD.replace("a,", "ä,"), encoding)
    with pytest.raises(EvenfuseError, match="neither Parquet nor text in UTF-8; save it as one"):
        read_predictions(path, ONE)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvenfuseError, match="is a folder; name a file of predictions"):
        read_predictions(tmp_path, ONE)
    with pytest.raises(EvenfuseError, match=r"there is no file \S*none\.csv"):
        read_predictions(tmp_path / "none.csv", ONE)
    with pytest.raises(EvenfuseError, match="cannot be read"):
        read_predictions(written(tmp_path, GOOD) / "below", ONE)


@pytest.mark.parametrize(
    "prediction",
    [["a", "b"], [None, 1.0], [[1.0], [2.0]], [b"a", b"b"], [1.0, float("nan")]],
    ids=["text", "null", "lists", "bytes", "NaN"],
)
def test_wrong_types_in_parquet_are_told(tmp_path: Path, prediction: list[object]) -> None:
    table = {"id": ["a", "b"], "truth": [1, 2], "prediction": prediction, "seed": [1, 1]}
    pyarrow.parquet.write_table(pyarrow.table(table), tmp_path / "p.parquet")
    with pytest.raises(
        EvenfuseError, match=r"as 'prediction' in row [12] of its data; give a number"
    ):
        read_predictions(tmp_path / "p.parquet", ONE)


def test_parquet_that_was_cut_or_changed_is_told_or_read(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    pd.read_csv(written(tmp_path, GOOD)).to_parquet(path)
    whole, rng = path.read_bytes(), random.Random(0)
    for length in (*range(0, 64, 7), *range(64, len(whole), 211), len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises((DamagedError, EvenfuseError)):
            read_predictions(path, ONE)
    for _ in range(200):
        changed = bytearray(whole)
        changed[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        try:
            read_predictions(path, ONE)
        except (DamagedError, EvenfuseError) as error:
            assert "\n" not in str(error)
