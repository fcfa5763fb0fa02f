"""What the pages name exists: files, folders, links, headings, settings."""

import re
from pathlib import Path

import pytest
import yaml

from evenfuse.settings.run import OptimizerSettings
from evenfuse.settings.strict import parse

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/evenfuse"
FOLDERS = (ROOT, ROOT / "src", PACKAGE)  # that paths are relative to, beside that of their page
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "config/README.md"]
# first parts of paths that are made by runs, or are the reader's
NOT_OURS = ("data", "results", "logs", "checkpoints", "model", "epochs", "g", "FOLDER", "ours")
CODE = re.compile(r"`([\w.*-]+/[\w./*-]*|[\w-]+\.(?:py|smk))`")
LINK = re.compile(r"\]\(((?!http)[^)\s]*)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

over_pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def prose(page: Path) -> str:
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def paths(page: Path) -> list[str]:
    """The paths in backticks on a page, but for those of outputs."""
    return [path for path in CODE.findall(prose(page)) if path.split("/")[0] not in NOT_OURS]


def is_there(path: str, page: Path) -> bool:
    """Whether a path exists beside a page, in the repository or below src; `*` is anything."""
    return any([*folder.glob(path)] for folder in (page.parent, *FOLDERS))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub forms them."""
    titles = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(prose(page)))
    return {title.replace(" ", "-") for title in titles}


@over_pages
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    assert [path for path in paths(page) if not is_there(path, page)] == []


def test_paths_are_recognised() -> None:
    found = {path for page in PAGES for path in paths(page)}
    assert {"nn/text.py", "profiles/slurm/profile.yaml", "config/pickles.yaml"} <= found
    page = ROOT / "docs/method.md"
    assert not is_there("balancing/b_fusion.py", page)
    assert not is_there("profiles/kubernetes", page)


@over_pages
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_room_is_on_the_page_of_the_architecture() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = [
        f"{path.name}/" if path.is_dir() else path.name
        for path in PACKAGE.iterdir()
        if path.is_dir() or path.suffix == ".py"
    ]
    assert [r for r in rooms if f"\n  {r}" not in page and r != "__pycache__/"] == []


def test_the_settings_of_an_optimizer_that_a_page_shows_are_right() -> None:
    page = (ROOT / "docs/training.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    settings = parse(OptimizerSettings, yaml.safe_load(block)["optimizer"], "optimizer")
    assert settings.groups["encoders.audio"].weight_decay == 0
    assert settings.undecayed == ["bias", "LayerNorm"]
