"""Sealed Parquet files: any reader takes them, ours sees every damage."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.parquet import read_parquet, write_parquet
from tests.damage import every_damage_is_found
from tests.test_damage import UNREADABLE

COLUMNS = {
    "id": ["a", "", "üb"],
    "truth": np.array([0.1, -2.0, 3.0]),
    "prediction": np.arange(6, dtype=np.float32)[::2],
    "seed": np.array([1, 1, 1]),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_parquet(tmp_path / "table.parquet", COLUMNS)
    return tmp_path / "table.parquet"


def test_what_is_written_is_read_by_us_and_by_others(path: Path) -> None:
    expected = pd.DataFrame(COLUMNS)
    pd.testing.assert_frame_equal(read_parquet(path), expected)
    pd.testing.assert_frame_equal(pd.read_parquet(path), expected)


def test_every_damage_of_a_table_is_found(path: Path) -> None:
    every_damage_is_found(path, lambda: read_parquet(path), path, number=400)


def test_a_table_that_others_wrote_is_read(path: Path) -> None:
    pd.DataFrame(COLUMNS).to_parquet(path)
    pd.testing.assert_frame_equal(read_parquet(path), pd.DataFrame(COLUMNS))


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_what_is_left_of_the_table_of_others_is_told(path: Path, length: int) -> None:
    pd.DataFrame(COLUMNS).to_parquet(path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(EvenfuseError, match=r"cannot be used .* set aside as table\.parquet"):
        read_parquet(path)


def test_the_same_table_is_the_same_bytes(path: Path, tmp_path: Path) -> None:
    write_parquet(tmp_path / "again.parquet", COLUMNS)
    assert (tmp_path / "again.parquet").read_bytes() == path.read_bytes()


def test_a_table_that_cannot_be_read_stays(tmp_path: Path) -> None:
    (tmp_path / "table.parquet").symlink_to(UNREADABLE)
    with pytest.raises(EvenfuseError, match=r"cannot be read \(Input/output error\)"):
        read_parquet(tmp_path / "table.parquet")
    assert (tmp_path / "table.parquet").is_symlink()


def test_writing_does_not_import_pandas(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import numpy as np;"
        "from evenfuse.parquet import write_parquet;"
        f"write_parquet(Path({str(tmp_path / 't.parquet')!r}), {{'id': ['a'], 'n': np.ones(1)}});"
        "sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
