"""What the texts of the config may be: titles, names, names of files."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from evenfuse.errors import EvenfuseError

LONGEST_NAME = 60  # three of them and more are the name of a file
LONGEST_TITLE = 200
# what XML, JSON in UTF-8 and arguments of commands cannot hold; a tab and a new line they can
UNPRINTABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
NO_FILE_NAME = re.compile("[{}\n]")  # braces would be wildcards of Snakemake


def entry_name(name: str) -> str:
    """Return the name of a dataset, optimizer or variant, which is part of file names."""
    if not re.fullmatch("[a-z0-9-]*[a-z0-9][a-z0-9-]*", name):
        raise ValueError(f"the name '{name}' may hold a-z, 0-9 and '-' only")
    if name.startswith("-"):
        raise ValueError(f"the name '{name}' begins with '-', as an option does")
    return _at_most(LONGEST_NAME, "name", name)


def shown_name(name: str) -> str:
    """Return the name of a table or a figure, which is that of its file."""
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise ValueError(f"the name '{name}' may hold letters, digits, '_' and '-' only")
    return _at_most(LONGEST_NAME, "name", name)


def _role(name: str) -> str:
    if not re.fullmatch("[A-Za-z][A-Za-z0-9_-]*", name):
        raise ValueError("it may hold letters, digits, '_' and '-' only, and begins with a letter")
    return _at_most(LONGEST_NAME, "name", name)


def _title(title: str) -> str:
    return _at_most(LONGEST_TITLE, "title", " ".join(title.split()))


def _path(path: str) -> str:
    if NO_FILE_NAME.search(path):
        raise ValueError("a path here has no braces and no line break; rename it")
    return path


def _file_name(name: str) -> str:
    if {"", ".", ".."} & set(name.split("/")):
        raise ValueError("it is the name of a file, perhaps in a folder, without '.', '..' or '//'")
    return _path(name)


def _at_most(longest: int, kind: str, text: str) -> str:
    if len(text) > longest:
        raise ValueError(f"this {kind} has {len(text)} characters; make it {longest} at most")
    return text


Role = Annotated[str, AfterValidator(_role)]  # of a file; of features also the modality
Title = Annotated[str, AfterValidator(_title)]  # on one line
FolderPath = Annotated[str, AfterValidator(_path)]
FileName = Annotated[str, AfterValidator(_file_name)]  # below the folder of a dataset's files


def check_values(values: Mapping[str, Any]) -> None:
    """See that all texts and whole numbers of a tree can be printed, stored and handed on.

    Raises:
        EvenfuseError: for the first text with a control character or half a character, or the
            first number of more than 64 bits.
    """
    for where, value in _leaves(values, ""):
        if isinstance(value, str) and (found := UNPRINTABLE.search(value)):
            raise EvenfuseError(
                f"the setting '{where}' has the character U+{ord(found[0]):04X}, which cannot be "
                "printed: remove it"
            )
        if isinstance(value, int) and value.bit_length() > 63:
            raise EvenfuseError(f"the setting '{where}' has too many digits: make it smaller")


def _leaves(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Yield the keys of a tree, and the values that are in no other."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            path = UNPRINTABLE.sub("?", f"{where}.{key}" if where else str(key))
            yield path, key
            yield from _leaves(below, path)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _leaves(below, f"{where}.{index}")
    else:
        yield where, value
