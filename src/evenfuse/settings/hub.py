"""Addresses of files on the Hugging Face hub, in the form that its own libraries use."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

FORM = "hf://datasets/OWNER/NAME[@REVISION]/FILE"
ADDRESS = re.compile(
    r"hf://datasets/(?P<repository>[\w.-]+/[\w.-]+)(?:@(?P<revision>[^/@]+))?/(?P<files>[^?#]+)"
)


@dataclass(frozen=True)
class HubAddress:
    """A file of a data set on the hub, or with a `*` in its name, all parts of one.

    `revision` is a branch, a tag or a commit.
    """

    repository: str
    revision: str
    files: str

    @classmethod
    def parse(cls, address: str) -> "HubAddress":
        """Read an address; raise ValueError if it has another form, or more than one `*`."""
        found = ADDRESS.fullmatch(address)
        if not found or found["files"].count("*") > 1:
            raise ValueError(f"'{address}' should have the form {FORM}, with at most one *")
        repository, revision, files = found.group("repository", "revision", "files")
        return cls(repository, unquote(revision or "main"), files)
