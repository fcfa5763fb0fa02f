"""Files in the form of .csd files: with odd arrays, links and storage, and damaged."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

WORDS = np.array([[b"so"], [b"sp"], [b"good"]])
TIMES = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]])
CONTENT = {"words": WORDS, "labels": np.array([[1.0]] * 3), "audio": np.ones((3, 2), np.float32)}
VIDEOS = ("a", "b", "c")
FILTERS: list[dict[str, Any]] = [
    {"compression": "gzip"},
    {"compression": "gzip", "shuffle": True, "fletcher32": True, "chunks": (1, 1)},
    {"compression": "lzf"},
    {"scaleoffset": 2},
    {"maxshape": (None, None)},
]
SHAPES = [(), (0,), (3,), (2, 2), (3, 0), (0, 2), (3, 2, 2), (3, 5), (4, 2)]
HUGE = [(2**40,), (2**20, 2**20), (3, 2**27), (2**25, 2)]
DTYPES = ["?", "i2", ">f8", "f2", "g", "c8", "S5", "S0", "V3", [("a", "f4")], ("f4", (2,)), "O"]
TIMES_OF_ALL_KINDS = [np.nan, np.inf, -np.inf, -1.0, 0.0, 0.5, 2.0, 1e8, 1e300, 5e-324]


def write(path: Path, role: str, draw: st.DrawFn | None = None) -> None:
    """Write three videos; with `draw`, make a few mistakes."""
    with h5py.File(path, "w") as file:
        for video in VIDEOS:
            file[f"{role}/data/{video}/intervals"] = TIMES
            file[f"{role}/data/{video}/features"] = CONTENT[role]
        file[f"{role}/metadata/creator"] = np.array([b"someone"], dtype=object)
        if draw:
            for mistake in draw(st.lists(st.sampled_from(MISTAKES), min_size=1, max_size=3)):
                place = _place(draw, role)
                # not every mistake can be made where another was
                with suppress(OSError, RuntimeError, KeyError, TypeError, ValueError):
                    mistake(draw, file, place)


def _place(draw: st.DrawFn, role: str) -> str:
    parts = [*(f"data/{video}/{name}" for video in VIDEOS for name in ("intervals", "features"))]
    return f"{role}/{draw(st.sampled_from([*parts, 'metadata/creator', 'data/a', 'data']))}"


def _remove(draw: st.DrawFn, file: h5py.File, place: str) -> None:
    file.pop(place, None)


def _replace(draw: st.DrawFn, file: h5py.File, place: str) -> None:
    """Put another array in the place."""
    shape, dtype = draw(st.sampled_from(SHAPES)), draw(st.sampled_from(DTYPES))
    if dtype == "O":
        _put(file, place, np.full(shape, b"text", dtype=h5py.string_dtype()))
    elif dtype != "S0":
        _put(file, place, np.zeros(shape, dtype))


def _declare(draw: st.DrawFn, file: h5py.File, place: str) -> None:
    """Put an array there that says how large it is, and has no values."""
    file.pop(place, None)
    shape, chunks = draw(st.sampled_from([*HUGE, *SHAPES])), draw(st.booleans())
    many = (1,) * len(shape) if shape and all(shape) and chunks else None
    file.create_dataset(place, shape, "f8", chunks=many)


def _store(draw: st.DrawFn, file: h5py.File, place: str) -> None:
    """Store what is there in another way."""
    node = file.get(place)
    if not isinstance(node, h5py.Dataset) or node.dtype.kind != "f" or node.ndim != 2:
        return
    if 0 < node.size < 1000:  # one that was only declared would fill the memory here
        values = node[()]
        file.pop(place)
        file.create_dataset(place, data=values, **draw(st.sampled_from(FILTERS)))


def _time(draw: st.DrawFn, file: h5py.File, place: str) -> None:
    """Write odd numbers."""
    node = file.get(place)
    if isinstance(node, h5py.Dataset) and node.dtype == np.float64 and node.shape == (3, 2):
        odd = st.lists(st.sampled_from(TIMES_OF_ALL_KINDS), min_size=6, max_size=6)
        node[:] = np.reshape(draw(odd), (3, 2))


def _link(draw: st.DrawFn, file: h5py.File, place: str) -> None:
    """Put a link there: into this file, out of it, to itself, to nothing."""
    there = f"{place.split('/')[0]}/data/b"
    soft = [h5py.SoftLink(f"/{there}/features"), h5py.SoftLink(f"/{place}"), h5py.SoftLink("/no")]
    out = [h5py.ExternalLink(name, "/audio") for name in ("audio.csd", "/etc/passwd", "no.h5")]
    file.pop(place, None)
    hard = [file["/"], *([file[there]] if there in file else [])]
    file[place] = draw(st.sampled_from([*soft, *out, *hard]))


def _outside(draw: st.DrawFn, file: h5py.File, place: str) -> None:
    """Put an array there whose values are in other files."""
    file.pop(place, None)
    if draw(st.booleans()):
        file.create_dataset(place, (3, 2), "f8", external=[("/etc/passwd", 0, 48)])
    else:
        layout = h5py.VirtualLayout((3, 2), "f8")
        layout[:] = h5py.VirtualSource(draw(st.sampled_from(["audio.csd", "."])), "x", (3, 2))
        file.create_virtual_dataset(place, layout)


def _name(draw: st.DrawFn, file: h5py.File, place: str) -> None:
    """Add something under an odd name."""
    names = [b"\xff\xfe", b"..", b"a\nb", b"\x1b[31m", b"x" * 3000, "\u00e9".encode(), b" "]
    parent = file.get(place.split("/")[0], file)
    if isinstance(parent.get("data"), h5py.Group):
        h5py.h5g.create(parent["data"].id, draw(st.sampled_from(names)))


def _second(draw: st.DrawFn, file: h5py.File, place: str) -> None:
    file.create_group(draw(st.sampled_from(["0", "zz"])))


MISTAKES = [
    *(_remove, _replace, _declare, _store, _store, _time, _time, _link, _outside, _name, _second),
]


def _put(file: h5py.File, place: str, values: NDArray[Any]) -> None:
    file.pop(place, None)
    file[place] = values
