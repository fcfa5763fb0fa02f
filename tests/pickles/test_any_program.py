"""Pickles as programs: operations and bytes at random are read as data, or told in a sentence."""

import pickle
import pickletools
import struct
import tempfile
import tracemalloc
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from evenfuse.errors import EvenfuseError
from evenfuse.pickles.loading import load_pickle
from tests.pickles.hostile import BYTES, NUMPY, OBJECTS, four

CODES = [entry.code.encode("latin1") for entry in pickletools.opcodes]
NAMES = [b"numpy\ndtype\n", b"numpy\nndarray\n", b"_codecs\nencode\n", b"os\nsystem\n"]
SIZES = [0, 1, 2, 5, 255, 2**31 - 1, 2**32 - 1, 2**60, 2**63, 2**64 - 1]
ARGUMENTS = [
    st.sampled_from(NAMES),
    st.binary(max_size=8),
    st.sampled_from(SIZES).map(lambda size: struct.pack("<Q", size)),
    st.sampled_from(SIZES).map(lambda size: four(size % 2**32)),
    st.integers(-(2**70), 2**70).map(lambda number: b"%d\n" % number),
    st.sampled_from([b"\x02u1", b"\x01O", b"\x02S9", b"\x06latin1", b"\x00", b"\x01", b"\x05"]),
]
OPERATIONS = st.one_of(
    st.sampled_from(CODES),
    st.builds(bytes.__add__, st.sampled_from(CODES), st.one_of(ARGUMENTS)),
    st.sampled_from(
        [b"N", b"]", b"}", b")", b"(", b"K\x00", b"\x85", b"R", b"b", b"a", b"s", b"u"]
    ),
    st.sampled_from([b"h\x01h\x02K\x00\x85U\x01b\x87R", b"(K\x01K\x01\x85h\x03\x89C\x01atb"]),
    st.sampled_from([b"q\x01", b"h\x01", b"h\x02", b"h\x03", b"h\x05", b"2", b"0", b"1"]),
)
STARTS = st.sampled_from([b"", b"\x80\x02", b"\x80\x04", NUMPY + BYTES, NUMPY + OBJECTS])


def check(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.pkl"
        file.write_bytes(raw)
        tracemalloc.start()
        try:
            load_pickle(file)
        except EvenfuseError as error:
            assert "\n" not in str(error) and len(str(error)) < 1000
            assert str(error).startswith(f"{file} ")
        finally:
            memory = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert memory < 200 * len(raw) + (1 << 22)


@given(STARTS, st.lists(OPERATIONS, max_size=40))
def test_operations_at_random(start: bytes, operations: list[bytes]) -> None:
    check(start + b"".join(operations) + b".")


@given(st.binary(max_size=200))
def test_bytes_at_random(raw: bytes) -> None:
    check(raw)


DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


@given(DATA, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_plain_data_comes_back_whatever_it_is(data: object, protocol: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.pkl"
        file.write_bytes(pickle.dumps(data, protocol))
        assert repr(load_pickle(file)) == repr(data)
