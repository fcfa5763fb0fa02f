"""What is damaged is set aside; what cannot be read stays where it is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evenfuse.damage import DamagedError, ForeignError, reading
from evenfuse.errors import EvenfuseError

ZERO = Path("/dev/zero")
UNREADABLE = Path("/proc/self/mem")  # whoever reads its beginning gets an I/O error


def told(path: Path, read: Callable[[], object]) -> str:
    with pytest.raises(EvenfuseError) as caught, reading("table", path):
        read()
    return str(caught.value)


def damage() -> None:
    raise DamagedError("its checksum is wrong")


@pytest.mark.parametrize("folder", [True, False])
def test_what_is_damaged_is_set_aside(tmp_path: Path, folder: bool) -> None:
    path, aside = tmp_path / "x", tmp_path / "x.damaged"
    for number in (1, 2):  # the second takes the place of the first
        if folder:
            path.mkdir()
        content = path / "file" if folder else path
        content.write_text(str(number))
        assert told(path, damage) == (
            f"the table {path} cannot be used (its checksum is wrong); it was set aside as "
            "x.damaged; run the workflow again to make a new one"
        )
        assert not path.exists()
        assert (aside / "file" if folder else aside).read_text() == str(number)


def test_what_the_system_does_not_let_us_read_stays(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.symlink_to(UNREADABLE)
    sentence = told(path, path.read_bytes)
    assert f"the table {path} cannot be read (Input/output error)" in sentence
    assert "left as it is" in sentence
    assert path.is_symlink()


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x"
    assert told(path, path.read_bytes) == f"there is no table {path}; run the workflow to make it"


def test_what_cannot_be_set_aside_is_told(tmp_path: Path) -> None:
    assert told(tmp_path / "gone", damage).endswith(
        "delete it and run the workflow again to make a new one"
    )


def test_without_permission_nothing_is_renamed(tmp_path: Path) -> None:
    """In a process of another user, since root may read everything."""
    path = tmp_path / "x"
    path.write_text("good")
    path.chmod(0)
    child = os.fork()
    if child == 0:  # pragma: no cover
        try:
            os.setuid(65534)
            ok = "(Permission denied)" in told(path, path.read_bytes)
        except PermissionError:  # not root: this user will do
            ok = "(Permission denied)" in told(path, path.read_bytes)
        os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert path.exists()


def test_a_device_is_never_renamed() -> None:
    with (
        pytest.raises(EvenfuseError, match="/dev/zero is no cache, but a device"),
        reading("cache", ZERO),
    ):
        raise DamagedError("it ends")
    assert ZERO.is_char_device()


def foreign() -> None:
    raise ForeignError("it is a poem")


def test_what_someone_else_wrote_is_left_alone(tmp_path: Path) -> None:
    poem = tmp_path / "poem.txt"
    poem.write_text("roses")
    assert told(poem, foreign) == f"{poem} is not a table that evenfuse wrote: it is a poem"
    assert poem.read_text() == "roses"
