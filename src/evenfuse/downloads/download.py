"""Download from one address into a partial file, despite drops, stalls and restarts."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from requests import Response
from requests.exceptions import SSLError
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential
from tqdm import tqdm
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import ReadTimeoutError

from evenfuse.downloads.asking import NOTHING_LEFT, ask
from evenfuse.downloads.partial import LostError, Partial
from evenfuse.downloads.space import check_space
from evenfuse.downloads.specs import LARGEST
from evenfuse.downloads.tokens import headers_for
from evenfuse.errors import EvenfuseError

CHUNK = 1 << 20
LENGTH = re.compile("[0-9]{1,18}")


class UnreachedError(LostError):
    """The server did not even answer, which rarely changes soon."""


@dataclass(frozen=True)
class Patience:
    """How often and how long to try an address; times in seconds."""

    attempts: int = 6
    attempts_to_reach: int = 2  # while the server has never answered
    pause: float = 1.0  # before the second attempt, doubled for each one after it
    longest_pause: float = 30.0
    connect: float = 10.0
    stall: float = 60.0  # without a byte
    least: int = 60_000  # bytes that must arrive within `stall`
    headers: float = 120.0  # until the answer has begun, redirects included


PATIENT = Patience()


def download(
    address: str,
    partial: Partial,
    size: int | None = None,
    largest: int = LARGEST,
    patience: Patience = PATIENT,
) -> None:
    """Download all bytes of an address into `partial`, continuing from what it holds.

    After a drop, a stall, or an answer that means "not now", try again, up to `patience.attempts`
    times in all; if the server has never answered, up to `patience.attempts_to_reach` times. What
    has arrived stays in `partial` even if all attempts fail, unless it cannot be the file.

    Raises:
        EvenfuseError: if not all bytes arrive, the file on the server is not `size` bytes long, or
            more bytes come than it says or than `largest`.
        DiskFullError: before any byte is taken, if the disk has no room for all that are to come.
        OSError: for any other answer (an error of requests), and if the disk fills up.
    """
    attempts = Retrying(
        stop=lambda state: _enough(state, patience),
        wait=wait_exponential(multiplier=patience.pause, max=patience.longest_pause),
        retry=retry_if_exception_type(LostError),
        reraise=True,
    )
    try:
        attempts(_attempt, address, partial, size, largest, patience)
    except LostError as error:
        raise EvenfuseError(str(error)) from None


def _enough(state: RetryCallState, patience: Patience) -> bool:
    error = state.outcome.exception() if state.outcome else None
    unreached = isinstance(error, UnreachedError)
    return state.attempt_number >= (patience.attempts_to_reach if unreached else patience.attempts)


def _attempt(
    address: str, partial: Partial, size: int | None, largest: int, patience: Patience
) -> None:
    if partial.complete(address):
        return
    with _connection_errors_as_lost(address, partial), _ask(address, partial, patience) as answer:
        length = length_of(answer, size)
        if length is not None and size is None and length > largest:
            raise EvenfuseError(f"the server has {length} bytes; {above(largest)}")
        partial.begin(address, answer, length)
        check_space(partial.path.parent, (length or 0) - partial.size())
        _receive(answer, partial, largest, patience)
    length = partial.version.length
    if length is not None and partial.size() != length:
        raise LostError(f"only {partial.size()} of {length} bytes arrived")


def _ask(address: str, partial: Partial, patience: Patience) -> Response:
    known = {**headers_for(address), **partial.continuation(address)}
    headers = {"Accept-Encoding": "identity", **known}
    answer = ask(address, headers, (patience.connect, patience.stall), patience.headers)
    if answer.status_code == NOTHING_LEFT:
        answer.close()
        partial.forget()
        raise LostError("the server does not continue the download")
    return answer


def length_of(answer: Response, size: int | None) -> int | None:
    """Return the length of the whole file, or None if neither server nor config states it."""
    if answer.status_code == 206:
        total = answer.headers.get("Content-Range", "").rpartition("/")[2]
    else:
        total = answer.headers.get("Content-Length", "")
    length = int(total) if LENGTH.fullmatch(total) else size
    if size is not None and length != size:
        raise EvenfuseError(f"the server has {length} bytes, not {size}")
    return length


def _receive(answer: Response, partial: Partial, largest: int, patience: Patience) -> None:
    length, pace = partial.version.length, _Pace(patience)
    bar = tqdm(
        total=length,
        initial=partial.size(),
        desc=partial.path.stem,
        unit="B",
        unit_scale=True,
        mininterval=1,
    )
    with partial.path.open("ab") as file, bar:
        # read1 returns what has arrived, so a stall loses none of the bytes before it
        while chunk := answer.raw.read1(CHUNK, decode_content=False):
            if file.tell() + len(chunk) > (largest if length is None else length):
                partial.forget()
                raise EvenfuseError(above(largest) if length is None else _beyond(length))
            file.write(chunk)
            bar.update(len(chunk))
            pace.check(len(chunk))


def above(largest: int) -> str:
    """Return what to do about a file that is larger than the limit."""
    return f"more than {largest} bytes are not downloaded; raise largest_download_gb in the config"


def _beyond(length: int) -> str:
    return f"the server sends more than the {length} bytes that the file has"


class _Pace:
    """Notices a server that sends a byte now and then, and never ends."""

    def __init__(self, patience: Patience):
        self._patience = patience
        self._since, self._arrived = time.monotonic(), 0

    def check(self, count: int) -> None:
        """Note that bytes have arrived; raise LostError if they were too few for too long."""
        self._arrived += count
        if time.monotonic() - self._since > self._patience.stall:
            if self._arrived < self._patience.least:
                raise LostError(f"{self._arrived} bytes in {self._patience.stall:g} s are too few")
            self._since, self._arrived = time.monotonic(), 0


@contextmanager
def _connection_errors_as_lost(address: str, partial: Partial) -> Iterator[None]:
    try:
        yield
    except SSLError:
        raise
    except (requests.ConnectionError, requests.Timeout, TransportError) as error:
        version, arrived = partial.version, partial.size()
        begun = arrived and version.length and version.address == address
        so_far = f"only {arrived} of {version.length} bytes arrived" if begun else ""
        reason = ", ".join(filter(None, (_cause(error), so_far)))
        unreached = isinstance(error, requests.ConnectionError) and not arrived
        kind = UnreachedError if unreached else LostError
        raise kind(reason or "the connection was lost") from None


def _cause(error: Exception) -> str:
    if isinstance(error, requests.ReadTimeout | ReadTimeoutError):
        return "no answer for too long"
    return "no connection" if isinstance(error, requests.RequestException) else ""
