"""Command lines by the thousand: every command with arguments that are right, wrong or strange."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from hypothesis import strategies as st

from evenfuse.__main__ import COMMANDS, cli
from evenfuse.settings.reading import load
from tests.settings.spoilt import shipped

CONTEXT = click.Context(cli)
NUMBERS = ["7"] * 12 + [
    "0",
    "1",
    "2",
    "-1",
    "1e3",
    "nan",
    "²",
    "٣",
    "9" * 30,
    "9" * 5000,
    "",
    " 1",
    "0x1",
]
WORDS = ["", "-", "--", "-x", "a b", "é", "\udcff", "a\nb", "$x", "{a}", "%s", "words", "x" * 300]
JSON = [
    *("", "{", "{}", "[]", "null", "1", '"a"', "[" * 100_000, '{"name": 1}', "[{}]", "[[]]"),
    *('{"kind": "scores", "title": "t"}', '{"kind": []}', '{"title": {}}', '{"kind": "gradients"}'),
    *('{"metrics": []}', '{"model": 3}', '{"model": {"name": []}}', '{"balancing": []}'),
    *('{"training": []}', '{"hidden_size": 1e400}', '{"heads": 0}', '{"heads": -1, "layers": NaN}'),
]
TITLES = {name: {} for name in ("datasets", "optimizers", "variants")}
PUBLISHED = {"published_datasets": {}, "published_variants": {}, "comparisons": []}
ARM = load(shipped()).run("demo", "adam", "lf-dnn-text").model_dump()
GOOD = {
    "entry": [
        '{"kind": "scores", "title": "t"}',
        '{"kind": "seconds", "title": "t"}',
        '{"kind": "gradients", "title": "t", "panels": [["gb"]]}',
        '{"kind": "fusion_weights", "title": "t", "panels": [["no-gb", "gb"]]}',
    ],
    "titles": [json.dumps(TITLES | PUBLISHED)],
    "tried": ['["model.dropout"]', '["none"]', "[]"],
    "settings": [json.dumps(ARM), json.dumps([ARM]), '{"hidden_size": 8}'],
    "published": ["train=7", "test=7", "none=7"],
}
PAIRS = ["words", "labels", "audio", "results", "epochs", "train", "valid", "test", "x", ""]


def places(folder: Path, good: list[Path]) -> list[str]:
    """Paths that are good, hold rubbish, are folders, are not there, or cannot be."""
    content = {
        "empty": b"",
        "binary.h5": b"\x89HDF\r\n\x1a\n\xff",
        "text.csv": b"id,split\n1,train\n",
        "list.json": b"[]",
        "object.json": b"{}",
        "cut.json": b'{"a": ',
        "latin.yaml": b"study: \xe9",
        "run.json": b'{"settings": {}}',
    }
    for name, data in content.items():
        (folder / name).write_bytes(data)
    (folder / "folder").mkdir()
    made = [str(folder / name) for name in (*content, "folder", "none", "empty/below", "n" * 300)]
    return [*map(str, good), *made, "/dev/null", "/proc/self/none", "", ".", "-x", "\udcff"]


def lines(paths: list[str]) -> st.SearchStrategy[list[str]]:
    """Command lines of any command."""
    return st.sampled_from(sorted(COMMANDS)).flatmap(lambda name: _line(name, paths))


def _line(name: str, paths: list[str]) -> st.SearchStrategy[list[str]]:
    command = cli.get_command(CONTEXT, name)
    assert command is not None
    if isinstance(command, click.Group):
        below = [_of(command.commands[each], [name, each], paths) for each in command.commands]
        return st.one_of(*below, st.just([name]), st.just([name, "none"]))
    return _of(command, [name], paths)


def _of(command: click.Command, start: list[str], paths: list[str]) -> st.SearchStrategy[list[str]]:
    value = _values(paths)
    given = [_given(parameter, value(parameter)) for parameter in command.params]
    parts = st.tuples(*given).map(lambda parts: [word for part in parts for word in part])
    extra = st.lists(st.sampled_from([*WORDS, "--none", "--help", "--output"]), max_size=1)
    return st.tuples(parts, extra).map(lambda both: [*start, *both[0], *both[1]])


def _given(
    parameter: click.Parameter, value: st.SearchStrategy[str]
) -> st.SearchStrategy[list[str]]:
    """A parameter once, mostly; or not at all, or several times."""
    times = st.sampled_from([1] * 14 + [0, 2])
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return times.map(lambda number: [parameter.opts[0]] * number)
    values = times.flatmap(lambda number: st.lists(value, min_size=number, max_size=number))
    if isinstance(parameter, click.Argument):
        return values
    option = parameter.opts[0]
    return values.map(lambda given: [word for each in given for word in (option, each)])


def _values(paths: list[str]) -> Callable[[click.Parameter], st.SearchStrategy[str]]:
    path, word = st.sampled_from(paths), st.sampled_from(WORDS)
    pair = st.tuples(st.sampled_from(PAIRS), st.one_of(path, st.sampled_from(NUMBERS)))

    def values(parameter: click.Parameter) -> st.SearchStrategy[str]:
        good = st.sampled_from(GOOD.get(str(parameter.name), [""])).filter(bool)
        strange = any_value(parameter)
        return st.one_of(good, good, good, strange) if parameter.name in GOOD else strange

    def any_value(parameter: click.Parameter) -> st.SearchStrategy[str]:
        kind: Any = parameter.type
        if parameter.name in ("sources", "files", "published"):
            return st.one_of(pair.map("=".join), pair.map("=".join), pair.map("=".join), word)
        if kind.name == "json":
            return st.sampled_from(JSON)
        if kind.name.startswith("integer"):
            return st.sampled_from(NUMBERS)
        if kind.name == "choice":
            return st.one_of(st.sampled_from([str(choice) for choice in kind.choices]), word)
        return st.one_of(path, path, path, path, word)

    return values
