"""Ask a server for a file, and take nothing from it but the headers, in limited time."""

from collections.abc import Callable, Mapping
from queue import Empty, Queue
from threading import Thread
from typing import Any

import requests
from requests import Response, TooManyRedirects
from urllib3.exceptions import HTTPError as TransportError

from evenfuse.downloads.partial import LostError
from evenfuse.errors import EvenfuseError

WHOLE_OR_REST = (200, 206)
NOTHING_LEFT = 416
PASSING = (408, 429, 500, 502, 503, 504)


def ask(
    address: str, headers: Mapping[str, str], timeouts: tuple[float, float], patience: float
) -> Response:
    """Return an answer whose body is still to be read, or one that says 416.

    The `timeouts` are those of requests: until the connection stands, and between two bytes. In
    `patience` the headers must be there, after all redirects. All are in seconds.

    Raises:
        LostError: if the headers take too long, or the answer means "not now".
        EvenfuseError: if it is no file as it is stored, or a redirect leads nowhere.
        OSError: for any other answer (an error of requests).
    """

    def request() -> Response:
        hooks = {"response": _leave_the_body_of_a_redirect}
        return requests.get(address, stream=True, timeout=timeouts, headers=headers, hooks=hooks)

    answer = _in_time(request, patience)
    try:
        _check(answer)
    except BaseException:
        answer.close()
        raise
    return answer


def _check(answer: Response) -> None:
    if answer.status_code in PASSING:
        raise LostError(f"HTTP {answer.status_code}")
    if answer.status_code == NOTHING_LEFT:
        return
    answer.raise_for_status()
    if answer.status_code not in WHOLE_OR_REST:
        raise EvenfuseError(f"HTTP {answer.status_code}, which is no file")
    encoding = answer.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise EvenfuseError(f"the server sends the file as {encoding!a}, not as it is stored")


def _leave_the_body_of_a_redirect(answer: Response, **_: Any) -> None:
    # requests would read all of it, however long
    if answer.is_redirect:
        answer.close()


def _in_time(request: Callable[[], Response], seconds: float) -> Response:
    """Return the answer, or raise LostError: a server may send its headers one letter a minute."""
    answers: Queue[Response | Exception] = Queue()

    def put_answer() -> None:
        try:
            answers.put(request())
        except Exception as error:
            answers.put(error)

    Thread(target=put_answer, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise LostError("no answer for too long") from None
    if isinstance(answer, Exception):
        raise _told(answer)
    return answer


def _told(error: Exception) -> Exception:
    if isinstance(error, TooManyRedirects):
        return EvenfuseError("it redirects without end")
    # requests fails in many ways at an address that a server makes up
    if isinstance(error, ValueError) or not isinstance(error, OSError | TransportError):
        return EvenfuseError("it is, or redirects to, an address that cannot be asked")
    return error
