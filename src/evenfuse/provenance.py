"""Where a result comes from: versions of packages, state of the repository, digest of the code."""

import ast
import hashlib
import subprocess
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec, resolve_name
from pathlib import Path

from evenfuse import parts
from evenfuse.settings.run import RunSettings


def versions(*packages: str) -> dict[str, str]:
    """Return name -> installed version."""
    return {package: version(package) for package in packages}


def git_commit(folder: Path) -> str | None:
    """Return the commit that is checked out, with ``-dirty`` if files differ, or None."""
    options = ["--always", "--dirty", "--abbrev=40", "--exclude=*"]
    describe = ["git", "-C", str(folder), "describe", *options]
    result = subprocess.run(describe, capture_output=True, text=True, check=False)
    return result.stdout.strip() or None


@cache
def code_digest(*modules: str) -> str:
    """Return a digest of these modules, and of all that they import from evenfuse.

    A module of another package counts with what it imports from that package. Comments and layout
    do not count. Models and balancers are loaded by name, so name the ones
    that are used.
    """
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting.extend(_imports(module))
    parts = [f"{module} {_code(module)}" for module in sorted(seen)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def data_digest(file: str) -> str:
    """Return a digest of a data file of the package, e.g. report/published.csv."""
    path = _file("evenfuse").parent / file
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def training_code(run: RunSettings) -> str:
    """Return a digest of the code that a run uses: its own model and balancer, no other."""
    return code_digest(
        "evenfuse.commands.train",
        parts.code_module("models", run.model.name),
        parts.code_module("balancers", run.balancing.name),
        parts.code_module("metrics", run.metrics),
    )


@cache
def _code(module: str) -> str:
    return ast.dump(_tree(module))


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_file(module).read_text(encoding="utf-8"))


@cache
def _file(module: str) -> Path:
    top, *below = module.split(".")
    spec = find_spec(top)
    assert spec
    if not below and spec.origin:
        return Path(spec.origin)
    (root, *_) = spec.submodule_search_locations or [str(spec.origin)]
    path = Path(root, *below)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _imports(module: str) -> list[str]:
    """Return what a module imports from the project and from its own package."""
    own = {"evenfuse", module.partition(".")[0]}
    names = [name for node in ast.walk(_tree(module)) for name in _named(node, module)]
    return [name for name in names if name.partition(".")[0] in own and _file(name).is_file()]


def _named(node: ast.AST, module: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        inside = module if _file(module).name == "__init__.py" else module.rpartition(".")[0]
        source = resolve_name("." * node.level + (node.module or ""), inside)
        # "from package import name": the name may be a module or something inside one
        return [source, *(f"{source}.{alias.name}" for alias in node.names)]
    return []
