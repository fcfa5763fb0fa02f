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

from evenfuse.parts import code_module, facts
from evenfuse.settings.run import ArmSettings

TRAINING = "evenfuse.assembly.trainer"
PREDICTION = ("evenfuse.assembly.saved", "evenfuse.nn.predict")
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
    code = [f"{module} {_code(module)}" for module in sorted(seen)]
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


class _WithoutProse(ast.NodeTransformer):
    """Takes docstrings, the text of errors and descriptions out of a tree."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if _is_text(node.value) else self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return _Silent().visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST | None:
        return None if node.arg in PROSE else self.generic_visit(node)


class _Silent(ast.NodeTransformer):
    """Empties every text."""

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.Constant("") if _is_text(node) else self.generic_visit(node)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


@cache
def _code(module: str) -> str:
    return ast.dump(_tree(module))


@cache
def _tree(module: str) -> ast.Module:
    tree: ast.Module = _WithoutProse().visit(ast.parse(_file(module).read_text(encoding="utf-8")))
    return tree


@cache
def _file(module: str) -> Path:
    top, *below = module.split(".")
    spec = find_spec(top)
    assert spec and spec.origin
    if not spec.submodule_search_locations:
        return Path(spec.origin)
    path = Path(spec.origin).parent.joinpath(*below)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _imports(module: str) -> list[str]:
    """Return what a module imports from its own package and from evenfuse."""
    own = ("evenfuse", module.partition(".")[0])
    found = []
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom):
            origin = _origin(module, node)
            if origin.partition(".")[0] in own:
                # "from package import name": the name may be a module or something inside one
                names = [f"{origin}.{alias.name}" for alias in node.names]
                found += [origin, *(name for name in names if _file(name).is_file())]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.partition(".")[0] in own]
    return found


def _origin(module: str, node: ast.ImportFrom) -> str:
    package = module if _file(module).name == "__init__.py" else module.rpartition(".")[0]
    return resolve_name("." * node.level + (node.module or ""), package)
