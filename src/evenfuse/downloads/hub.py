"""The Hugging Face hub: which files an address names, where they lie, and in which order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase, digits
from urllib.parse import quote

from huggingface_hub import constants, hf_hub_url
from pydantic import BaseModel, Field, ValidationError

from evenfuse.downloads.download import PATIENT, Patience, download
from evenfuse.downloads.partial import Partial
from evenfuse.errors import EvenfuseError
from evenfuse.settings.hub import HubAddress

LONGEST_LIST = 50_000_000  # bytes
LETTERS_AS_DIGITS = str.maketrans(ascii_lowercase, f"{digits}{ascii_lowercase}"[:26])


@dataclass(frozen=True)
class HubFile:
    """A file on the hub, at the commit that its revision meant when the hub was asked."""

    name: str
    address: str
    size: int | None
    sha256: str | None

    @property
    def content(self) -> str:
        """What it holds, whatever its commit: its hash, if the hub knows it, else its address."""
        return self.sha256 or self.address


class _Digest(BaseModel):
    sha256: str


class _Entry(BaseModel):
    rfilename: str
    size: int | None = Field(None, ge=0)
    lfs: _Digest | None = None


class _Listing(BaseModel):
    """What the hub answers of a data set."""

    sha: str = Field(pattern="^[0-9a-f]{7,64}$", description="the commit")
    siblings: list[_Entry]


def find_files(address: str, listing: Partial, patience: Patience = PATIENT) -> list[HubFile]:
    """Return the files that an address names, in the order in which they are joined.

    HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE mean what they mean to `huggingface_hub`. The answer
    of the hub lies in `listing` for a moment.

    Raises:
        EvenfuseError: if there are none, a part is missing between others, or the hub is not to
            be asked.
        OSError: for an answer that is an error (of requests).
    """
    if constants.is_offline_mode():
        raise EvenfuseError("HF_HUB_OFFLINE is set, so the hub is not asked")
    wanted = HubAddress.parse(address)
    found = _ask(wanted, listing, patience)
    name = re.compile("([^/]*)".join(map(re.escape, wanted.files.split("*"))))
    named = {
        "".join(match.groups()): entry
        for entry in found.siblings
        if (match := name.fullmatch(entry.rfilename))
    }
    if not named:
        raise EvenfuseError(f"at the revision {wanted.revision} there is no such file")
    order = sorted(named, key=_natural)
    _check_none_is_missing(order)
    return [_file(named[part], wanted, found.sha) for part in order]


def _ask(wanted: HubAddress, listing: Partial, patience: Patience) -> _Listing:
    revision = quote(wanted.revision, safe="")
    path = f"api/datasets/{wanted.repository}/revision/{revision}?blobs=true"
    listing.forget()
    try:
        download(f"{constants.ENDPOINT}/{path}", listing, None, LONGEST_LIST, patience)
        return _Listing.model_validate_json(listing.path.read_bytes())
    except ValidationError:
        raise EvenfuseError("the hub's list of files cannot be read") from None
    finally:
        listing.forget()


def _file(entry: _Entry, wanted: HubAddress, commit: str) -> HubFile:
    address = hf_hub_url(wanted.repository, entry.rfilename, repo_type="dataset", revision=commit)
    return HubFile(entry.rfilename, address, entry.size, entry.lfs.sha256 if entry.lfs else None)


def _natural(part: str) -> list[tuple[int, str]]:
    """Sort 10 after 9."""
    pieces = re.split("([0-9]+)", part)
    return [(int(piece) if piece.isdecimal() else 0, piece) for piece in pieces]


def _check_none_is_missing(parts: Sequence[str]) -> None:
    numbers = [number for part in parts if (number := _number(part)) is not None]
    if len(numbers) < len(parts):
        return  # not numbered: nothing is known
    first = min(numbers[0], 1)
    for part, number, expected in zip(parts, numbers, count(first), strict=False):
        if number != expected:
            raise EvenfuseError(f"of its parts, the one before '{part}' is missing")


def _number(part: str) -> int | None:
    """Return the number of a part that is called 07 or, as `split` calls it, ah."""
    if re.fullmatch("[0-9]+", part):
        return int(part)
    letters = re.fullmatch("[a-z]+", part)
    return int(part.translate(LETTERS_AS_DIGITS), 26) if letters else None
