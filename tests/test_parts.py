"""Parts are found by name, those of other packages too."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evenfuse import digests, parts
from evenfuse.digests import code_digest
from evenfuse.errors import EvenfuseError
from tests.packages import forget_parts, install
from tests.pages import modules

PAGE = "docs/extending.md"
Package = Callable[..., Path]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """Return a function: modules, entry points -> the folder in which they are installed."""
    monkeypatch.syspath_prepend(tmp_path)

    def installed(modules: dict[str, str], entry_points: dict[str, dict[str, str]]) -> Path:
        install(tmp_path, modules, entry_points)
        forget_parts()
        return tmp_path

    yield installed
    forget_parts()


@pytest.mark.parametrize("kind", parts.KINDS)
def test_every_part_of_the_project_has_both_sides(kind: str) -> None:
    assert parts.names(kind)
    for name in parts.names(kind):
        assert parts.facts(kind, name) is not parts.code(kind, name)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("models", "unknown model 'nosuch'; choose from: awf, "),
        ("balancers", "unknown balancer 'nosuch'; choose from: agm, ags, b_fusion, "),
        ("metrics", "unknown family of metrics 'nosuch'; choose from: iemocap, sentiment, sims"),
        ("datasets", "unknown format 'nosuch'; choose from: csd, manifest, mmsa, mult"),
        ("tables", "unknown kind of table 'nosuch'; choose from: balancing, hyperparameters, "),
        ("figures", "unknown kind of figure 'nosuch'; choose from: distillation, fusion_weights, "),
    ],
)
def test_an_unknown_name_is_answered_with_those_there_are(kind: str, told: str) -> None:
    with pytest.raises(EvenfuseError) as caught:
        parts.code(kind, "nosuch")
    assert str(caught.value).startswith(told)


def test_a_name_that_is_taken_is_refused(package: Package) -> None:
    package({}, {"evenfuse.models": {"tfn": "ours.tensors"}})
    with pytest.raises(EvenfuseError) as caught:
        parts.facts("models", "awf")
    assert str(caught.value) == (
        "the model 'tfn' of the package ours has a name that is taken by "
        "evenfuse.settings.models.tfn; rename it or uninstall the package"
    )


def test_one_module_may_be_both_sides_or_say_where_its_code_is(package: Package) -> None:
    names = {"quick": "facts_apart.quick_fusion", "valence": "facts_apart.valence"}
    printed = {path.replace("ours/", "facts_apart/"): text for path, text in modules(PAGE).items()}
    package(printed, {"evenfuse.models": names})
    assert parts.facts("models", "quick").Settings(name="quick").width == 64
    assert parts.code_module("models", "quick") == "ours.sum_fusion"
    assert parts.code_module("models", "valence") == "facts_apart.valence"


def test_the_digest_follows_a_package_of_its_own(package: Package) -> None:
    folder = package(
        {
            "digested/__init__.py": "",
            "digested/model.py": "from digested.layers import layer\nimport other_package",
            "digested/layers.py": "from . import numbers",
            "digested/numbers.py": "ONE = 1",
            "digested/unused.py": "TWO = 2",
            "other_package.py": "THREE = 3",
        },
        {},
    )

    def digest() -> str:
        for cached in (digests.code_digest, digests._reading, digests._file, digests._imports):
            cached.cache_clear()
        return code_digest("digested.model")

    before = digest()
    for name in ("digested/unused.py", "other_package.py"):
        (folder / name).write_text("CHANGED = 1")
        assert digest() == before
    (folder / "digested/numbers.py").write_text("ONE = 2")
    assert digest() != before
