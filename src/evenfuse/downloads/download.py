"""Download from one address into a partial file, despite drops, stalls and restarts."""

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

from evenfuse.downloads.partial import LostError, Partial
from evenfuse.errors import EvenfuseError

CHUNK = 1 << 20
PASSING = (408, 429, 500, 502, 503, 504)


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


PATIENT = Patience()


def download(
    address: str, partial: Partial, size: int | None = None, patience: Patience = PATIENT
) -> None:
    """Download all bytes of an address into `partial`, continuing from what it holds.

    After a drop, a stall, or an answer that means "not now", try again, up to `patience.attempts`
    times in all; if the server has never answered, up to `patience.attempts_to_reach` times. What
    has arrived stays in `partial` even if all attempts fail.

    Raises:
        EvenfuseError: if not all bytes arrive, or the file on the server is not `size` bytes long.
        OSError: for any other answer (an error of requests), and for a full disk.
    """
    attempts = Retrying(
        stop=lambda state: _enough(state, patience),
        wait=wait_exponential(multiplier=patience.pause, max=patience.longest_pause),
        retry=retry_if_exception_type(LostError),
        reraise=True,
    )
    try:
        attempts(_attempt, address, partial, size, patience)
    except LostError as error:
        raise EvenfuseError(str(error)) from None


def _enough(state: RetryCallState, patience: Patience) -> bool:
    error = state.outcome.exception() if state.outcome else None
    unreached = isinstance(error, UnreachedError)
    return state.attempt_number >= (patience.attempts_to_reach if unreached else patience.attempts)


def _attempt(address: str, partial: Partial, size: int | None, patience: Patience) -> None:
    if partial.complete(address):
        return
    with _connection_errors_as_lost(address, partial), _ask(address, partial, patience) as answer:
        if answer.status_code == 416:
            partial.forget()
            raise LostError("the server does not continue the download")
        if answer.status_code in PASSING:
            raise LostError(f"HTTP {answer.status_code}")
        answer.raise_for_status()
        length = _length(answer, size)
        partial.begin(address, answer, length)
        _receive(answer, partial)
    length = partial.version.length
    if length is not None and partial.size() != length:
        raise LostError(f"only {partial.size()} of {length} bytes arrived")


def _ask(address: str, partial: Partial, patience: Patience) -> Response:
    headers = {"Accept-Encoding": "identity", **partial.continuation(address)}
    timeout = (patience.connect, patience.stall)
    return requests.get(address, stream=True, timeout=timeout, headers=headers)


def _length(answer: Response, size: int | None) -> int | None:
    """Return the length of the whole file, or None if neither server nor config states it."""
    if answer.status_code == 206:
        total = answer.headers.get("Content-Range", "").rpartition("/")[2]
    else:
        total = answer.headers.get("Content-Length", "")
    length = int(total) if total.isdigit() else size
    if size is not None and length != size:
        raise EvenfuseError(f"the server has {length} bytes, not {size}")
    return length


def _receive(answer: Response, partial: Partial) -> None:
    bar = tqdm(
        total=partial.version.length,
        initial=partial.size(),
        desc=partial.path.stem,
        unit="B",
        unit_scale=True,
        mininterval=1,
    )
    with partial.path.open("ab") as file, bar:
        # read1 returns what has arrived, so a stall loses none of the bytes before it
        while chunk := answer.raw.read1(CHUNK, decode_content=False):
            file.write(chunk)
            bar.update(len(chunk))


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
