"""Pickles read as data: arrays, containers, text and numbers, and nothing that runs.

A pickle is a program. Only those of its operations are carried out that build plain data, and the
only functions it may call are those of `evenfuse.pickles.arrays`.
"""

import pickle
import pickletools
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError
from evenfuse.files import check_readable
from evenfuse.pickles.arrays import ARRAY, ArrayFunctions, Dtype, printable
from evenfuse.pickles.limits import Budget, Counted, RefusedError
from evenfuse.pickles.reads import WholeReads

OPERATIONS = {
    *("PROTO", "FRAME", "STOP", "MARK", "POP", "POP_MARK", "DUP"),
    *("GET", "BINGET", "LONG_BINGET", "PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"),
    *("NONE", "NEWTRUE", "NEWFALSE", "FLOAT", "BINFLOAT"),
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING"),
    *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    *("EMPTY_LIST", "LIST", "APPEND", "APPENDS"),
    *("EMPTY_DICT", "DICT", "SETITEM", "SETITEMS"),
    *("EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"),
    *("GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD"),
}

HUGE = 2**60  # from here on, different numbers have the same hash
HANDLERS: dict[int, Callable[[Any], None]] = {**pickle._Unpickler.dispatch}


def load_pickle(path: Path) -> Any:
    """Read a pickle of numpy arrays and scalars, lists, dicts, tuples, text, bytes and numbers.

    Large arrays are views of the file, which must not be written to while they are used. Bytes as
    large that are no array are memoryviews of it.

    Raises:
        EvenfuseError: if the file is missing or damaged, or if it tries anything else, which the
            message names and which is not run.
    """
    check_readable(path)
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            content = _DataUnpickler(WholeReads(file, size), size).load()
            if file.read(1):
                raise ValueError("the file goes on after the end of its pickle")
            return content
    except RefusedError as error:
        reason = f"{path} tries {error}, which no data file needs; do not use it"
        raise EvenfuseError(reason) from None
    # a damaged pickle can make its reader fail in any way
    except Exception as error:
        kind = type(error).__name__
        what = f"is not a whole pickle ({kind}: {printable(str(error))})"
        raise EvenfuseError(f"{path} {what}; delete it and fetch it again") from None


class _Memo(dict[int, Any]):
    """What a pickle remembers; a new array gives way to the one with its content."""

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[int, int] = {}  # where an array was put first

    def __setitem__(self, place: int, value: Any) -> None:
        if type(value) is np.ndarray:
            self._places.setdefault(id(value), place)
        super().__setitem__(place, value)

    def replace(self, new: NDArray[Any], filled: NDArray[Any]) -> None:
        """Remember an array with its content where the new one was first remembered."""
        place = self._places.pop(id(new), -1)
        if self.get(place) is new:
            super().__setitem__(place, filled)


def _refuse(name: str) -> Callable[[Any], None]:
    def handler(unpickler: Any) -> None:
        raise RefusedError(f"to use the pickle operation {name}")

    return handler


def _check_entries(target: Any, keys: list[Any]) -> None:
    if type(target) is not dict:
        raise RefusedError(f"to set an entry of a {type(target).__name__}")
    for key in keys:
        # Python crashes when it hashes deeply nested tuples, and huge numbers can share one hash
        if not (isinstance(key, str | bytes) or (type(key) is int and abs(key) < HUGE)):
            raise RefusedError("to use a key that is neither text nor a small number")


# the unpickler written in Python, because the operations of the one in C cannot be replaced
class _DataUnpickler(pickle._Unpickler):
    stack: list[Any]
    metastack: list[list[Any]]
    memo: _Memo
    read: Callable[[int], bytes]
    readline: Callable[[], bytes]
    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = {
        ord(entry.code): HANDLERS[ord(entry.code)]
        if entry.name in OPERATIONS
        else _refuse(entry.name)
        for entry in pickletools.opcodes
    }

    def __init__(self, file: WholeReads, size: int):
        super().__init__(file)  # type: ignore[arg-type]
        self._file, self.memo = file, _Memo()
        self._functions = ArrayFunctions(Budget(size))
        self.dispatch = Counted(type(self).dispatch)  # type: ignore[misc]

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._functions.names:
            raise RefusedError(f"to run {printable(f'{module}.{name}')}")
        return self._functions.names[module, name]

    def build(self) -> None:
        state, target = self.stack.pop(), self.stack[-1]
        if type(target) is np.ndarray:
            self.stack[-1] = self._functions.fill(target, state)
            self.memo.replace(target, self.stack[-1])
        elif type(target) is Dtype:
            target.fill(state)
        else:
            raise RefusedError(f"to set the state of a {type(target).__name__}")

    def reduce(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        allowed = (known for known in self._functions.names.values() if known is not ARRAY)
        if not any(function is known for known in allowed):
            raise RefusedError(f"to call a {type(function).__name__}")
        self.stack.append(function(*arguments))

    def make_dict(self) -> None:
        _check_entries({}, self.stack[::2])
        HANDLERS[pickle.DICT[0]](self)

    def setitem(self) -> None:
        _check_entries(self.stack[-3], [self.stack[-2]])
        HANDLERS[pickle.SETITEM[0]](self)

    def setitems(self) -> None:
        _check_entries(self.metastack[-1][-1], self.stack[::2])
        HANDLERS[pickle.SETITEMS[0]](self)

    def binbytes(self) -> None:
        with self._file.mapping():
            HANDLERS[pickle.BINBYTES[0]](self)

    def binbytes8(self) -> None:
        with self._file.mapping():
            HANDLERS[pickle.BINBYTES8[0]](self)

    def bytearray8(self) -> None:
        (count,) = struct.unpack("<Q", self.read(8))
        with self._file.mapping():
            content = self.read(count)
        self.stack.append(bytearray(content) if type(content) is bytes else content)

    def put(self) -> None:
        place = int(self.readline())
        if not 0 <= place < HUGE:
            raise ValueError("a value is to be remembered at an impossible place")
        self.memo[place] = self.stack[-1]

    dispatch[pickle.BUILD[0]] = build
    dispatch[pickle.REDUCE[0]] = reduce
    dispatch[pickle.DICT[0]] = make_dict
    dispatch[pickle.SETITEM[0]] = setitem
    dispatch[pickle.SETITEMS[0]] = setitems
    dispatch[pickle.BINBYTES[0]] = binbytes
    dispatch[pickle.BINBYTES8[0]] = binbytes8
    dispatch[pickle.BYTEARRAY8[0]] = bytearray8
    dispatch[pickle.PUT[0]] = put
