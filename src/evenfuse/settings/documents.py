"""Read a YAML file as plain values: words, numbers, lists and mappings, and not too many of them.

All is checked on the nodes of the document, before values are made of them: anchors of a few lines
can stand for more values than any memory holds.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from evenfuse.errors import EvenfuseError
from evenfuse.settings.trees import Tree

LARGEST = 1_000_000  # bytes
DEEPEST = 30  # mappings and lists within one another
MOST = 20_000  # values; what an anchor stands for counts wherever it is used
LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORD, MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int", "map", "null", "seq")}
TEMPLATE = "__use_yte__"  # by it, Snakemake would run what a file holds


def read_document(file: Path) -> Tree:
    """Return the settings in a YAML file.

    Raises:
        EvenfuseError: if it cannot be read or is no mapping of words to plain values, has a key
            twice, or is too large or too deep; names the file and the line.
    """
    text = _text(file)
    try:
        _check_depth(file, text)
        loader = LOADER(text)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise EvenfuseError(f"{file} should hold settings, one 'key: value' per line")
        _Survey(file).extent_of(node)
        tree: Tree = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise EvenfuseError(f"{file}, line {line}: this is no YAML ({error.problem})") from None
    except (yaml.YAMLError, LookupError, ValueError) as error:
        reason = f"{file} cannot be read as YAML: it has a value that is none ({error})"
        raise EvenfuseError(reason) from None
    return tree


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        reason = f"there is no file {file}; run this in the folder of the project"
        raise EvenfuseError(reason) from None
    except OSError as error:
        raise EvenfuseError(f"{file} cannot be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise EvenfuseError(f"{file} has more than {LARGEST} bytes: it is no config")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        reason = f"{file} cannot be read as YAML: it is not text in UTF-8; save it as UTF-8"
        raise EvenfuseError(reason) from None


def _check_depth(file: Path, text: str) -> None:
    """Count brackets before any node is made: libyaml makes them with a stack of its own."""
    depth = 0
    for event in yaml.parse(text, LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise EvenfuseError(_too_deep(file, event))


def _too_deep(file: Path, place: yaml.Event | yaml.Node) -> str:
    line = place.start_mark.line + 1 if place.start_mark else 1
    return f"{file}, line {line}: settings are within one another more than {DEEPEST} times"


class Extent(NamedTuple):
    """How many values a node stands for, and how many levels."""

    values: int
    depth: int


class _Survey:
    """One pass over the nodes of a document, each once."""

    def __init__(self, file: Path):
        self._file = file
        self._found: dict[int, Extent | None] = {}  # None while a node is looked at

    def extent_of(self, node: yaml.Node) -> Extent:
        """Return the extent of a node, or raise EvenfuseError for what is wrong in it."""
        if id(node) in self._found:
            if (known := self._found[id(node)]) is None:
                raise self._wrong(node, "an anchor stands within itself")
            return known
        self._found[id(node)] = None
        below = [self.extent_of(child) for child in self._children(node)]
        extent = Extent(
            1 + sum(each.values for each in below), 1 + max((e.depth for e in below), default=0)
        )
        if extent.values > MOST:
            raise self._wrong(node, f"this stands for more than {MOST} values")
        if extent.depth > DEEPEST + 1:
            raise EvenfuseError(_too_deep(self._file, node))
        self._found[id(node)] = extent
        return extent

    def _children(self, node: yaml.Node) -> Iterator[yaml.Node]:
        if isinstance(node, yaml.MappingNode):
            self._check_keys(node)
            yield from (value for _, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            yield from node.value
        if node.tag not in PLAIN | {WORD}:
            shown = node.tag.replace("tag:yaml.org,2002:", "!!")
            raise self._wrong(node, f"a value is of the kind {shown}; put a word into quotes")

    def _check_keys(self, node: yaml.MappingNode) -> None:
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._wrong(key, "a key is a list or a mapping; it should be a word")
            name, line = key.value, key.start_mark.line + 1
            if key.tag not in (WORD, MERGE):
                raise self._wrong(key, f"the key {name} is no word; put it into quotes")
            if name == TEMPLATE:
                raise self._wrong(key, f"a config is no template; remove {TEMPLATE}")
            if name in lines:
                raise EvenfuseError(
                    f"{self._file} has the key '{name}' twice, in lines {lines[name]} and {line}: "
                    "remove one"
                )
            lines[name] = line

    def _wrong(self, node: yaml.Node, reason: str) -> EvenfuseError:
        return EvenfuseError(f"{self._file}, line {node.start_mark.line + 1}: {reason}")
