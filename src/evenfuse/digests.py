"""Digests of code and of data files: whose change is a reason to compute again.

Of code counts what can change a number. Comments, layout, docstrings, the text of errors and
descriptions of options do not.
"""

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec, resolve_name
from pathlib import Path
from typing import Any

from evenfuse.parts import code_module, facts
from evenfuse.settings.run import ArmSettings

TRAINING = "evenfuse.assembly.trainer"
PREDICTION = ("evenfuse.assembly.saved", "evenfuse.nn.predict")
HEADS = "evenfuse.training.heads"
MISSING = "evenfuse.commands.evaluate_missing"
RESULTS = "evenfuse.evaluation.results"
TIMING = "evenfuse.training.timing"
APART = {"evenfuse", "evenfuse.errors"}  # the version and the public face; sentences
PROSE = {"description", "help"}


@cache
def code_digest(*modules: str) -> str:
    """Return a digest of these modules and of all that they import from the packages they are in.

    Parts are loaded by name, so name the ones that are used.
    """
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in seen | APART:
            seen.add(module)
            waiting.extend(_imports(module))
    code = [module + "".join(_reading(module).parts) for module in sorted(seen)]
    return _short("\n".join(code).encode())


def data_digest(file: str) -> str:
    """Return a digest of a data file of the package, e.g. report/published.csv."""
    return _short((_file("evenfuse").parent / file).read_bytes())


def training_code(arm: ArmSettings) -> str:
    """Return a digest of the code of a run: its own model, balancer and metrics, no other."""
    return code_digest(TRAINING, *_parts(arm))


def evaluation_code(arm: ArmSettings) -> str:
    """Return a digest of what turns the models of an arm into its results."""
    return code_digest(*PREDICTION, RESULTS, *_part("metrics", arm.metrics))


def heads_code(arm: ArmSettings) -> str:
    """Return a digest of what trains and scores heads on the models of an arm."""
    return code_digest(HEADS, *PREDICTION, RESULTS, *_part("metrics", arm.metrics))


def missing_code(arm: ArmSettings) -> str:
    """Return a digest of what scores the models of an arm where something is missing."""
    return code_digest(MISSING, *_part("metrics", arm.metrics))


def timing_code(arms: Iterable[ArmSettings]) -> str:
    """Return a digest of the code whose epochs are timed, and of the clock."""
    return code_digest(TIMING, TRAINING, *sorted({part for arm in arms for part in _parts(arm)}))


def references_code(metrics: str) -> str:
    """Return a digest of what scores answers without a model."""
    return code_digest("evenfuse.evaluation.references", *_part("metrics", metrics))


def _parts(arm: ArmSettings) -> list[str]:
    named = {"models": arm.model.name, "balancers": arm.balancing.name, "metrics": arm.metrics}
    return [module for kind, name in named.items() for module in _part(kind, name)]


def _part(kind: str, name: str) -> tuple[str, str]:
    return facts(kind, name).__name__, code_module(kind, name)


class _Reading:
    """One pass over a module: its content without prose, and its imports."""

    def __init__(self, module: str):
        self.parts: list[str] = []
        self.imports: list[ast.Import | ast.ImportFrom] = []
        self._read(ast.parse(_file(module).read_text(encoding="utf-8")), in_error=False)

    def _read(self, node: ast.AST, in_error: bool) -> None:
        if isinstance(node, ast.Constant):
            self.parts.append("" if in_error and _is_text(node) else repr(node.value))
        elif not _is_prose(node, in_error):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self.imports.append(node)
            in_error = in_error or isinstance(node, ast.Raise)
            self.parts.append(f"{type(node).__name__}(")
            for name in node._fields:
                self._read_field(name, getattr(node, name, None), in_error)
            self.parts.append(")")

    def _read_field(self, name: str, value: Any, in_error: bool) -> None:
        self.parts.append(f"{name}=")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                self._read(item, in_error)
            else:
                self.parts.append(f"{item!r},")


def _is_prose(node: ast.AST, in_error: bool) -> bool:
    return (
        (isinstance(node, ast.Expr) and _is_text(node.value))
        or (isinstance(node, ast.keyword) and node.arg in PROSE)
        or (in_error and isinstance(node, ast.JoinedStr))
    )


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


@cache
def _reading(module: str) -> _Reading:
    return _Reading(module)


@cache
def _file(module: str) -> Path:
    top, *below = module.split(".")
    spec = find_spec(top)
    assert spec
    if not spec.submodule_search_locations:  # a package of one file
        return Path(str(spec.origin))
    (root, *_) = spec.submodule_search_locations
    path = Path(root, *below)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _imports(module: str) -> list[str]:
    """Return what a module imports from its own package and from evenfuse."""
    own = ("evenfuse", module.partition(".")[0])
    found = []
    for node in _reading(module).imports:
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            origin = _origin(module, node)
            # "from package import name": the name may be a module or something inside one
            names = [origin, *(f"{origin}.{name}" for name in names)]
        found += [name for name in names if name.partition(".")[0] in own]
    return [name for name in found if _file(name).is_file()]


def _origin(module: str, node: ast.ImportFrom) -> str:
    package = module if _file(module).name == "__init__.py" else module.rpartition(".")[0]
    return resolve_name("." * node.level + (node.module or ""), package)
