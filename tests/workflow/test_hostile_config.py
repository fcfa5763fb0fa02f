"""Nothing from a config is run or interpreted: every value is text, for shells and readers."""

import re
import shutil
from html import escape, unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from markdown_it import MarkdownIt

from evenfuse.cache.provenance import read_provenance
from evenfuse.report.sections import as_latex
from tests.workflow.conftest import Project
from tests.workflow.test_other_formats import write_own

RUN = "$(touch x) `touch x` ; touch x & touch x | \" ' \\ * ? ~ %s €"
TITLE = "<script>alert(1)</script> | \\input{x} $x$ {A, B} {table} 50 % a_b _c_ # & ** `d` [e](f) é"
STARTS = "[x] *y* =1+1"
FILE = "-$(touch x) 'a' \"b\" ;`touch x`& é.csd"
STUDY: dict[str, Any] = {
    "study": {
        "datasets": ["own"],
        "optimizers": ["adam"],
        "variants": ["gb"],
        "seeds": [1],
        "tables": ["ablation"],
        "figures": ["gradients"],
    },
    "mirror": f"-mirror {{input}} {RUN.replace('/', '')}\n",
    "local_cache": f"-nodes {{input}} {RUN}",
    "tensorboard": f"-events {{input}} {RUN}",
    "scratch_encoder": {"hidden_size": 8},
    "optimizers": {"adam": {"title": STARTS}},
    "variants": {"gb": {"title": TITLE}},
    "tables": {"ablation": {"title": TITLE}},
    "figures": {"gradients": {"title": TITLE}},
    "datasets": {
        "own": {
            "title": TITLE,
            "format": "manifest",
            "folder": f"-own {RUN}",
            "files": {"manifest": "-m $(touch x).csv"},
            "modalities": ["text", "audio"],
            "text_encoder": "scratch",
            "all_runs": {"model": {"hidden_size": 4}, "training": {"epochs": 1}},
        },
        "sdk": {
            "title": TITLE,
            "pause": f"-{RUN} {{input}}\n",
            "files": {"words": FILE, "labels": "demo_labels.csd", "audio": "demo_audio.csd"},
            "folds": "demo folds.json",
            "modalities": ["text", "audio"],
        },
    },
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, generated: Path) -> Project:
    """The study, run to its end in a folder with a name of its own, and its report."""
    folder = tmp_path_factory.mktemp("hostile") / "a b $(touch x) ';&é\n`touch x`"
    folder.mkdir()
    project = Project(folder, yaml.safe_dump(STUDY, allow_unicode=True))
    write_own(folder / f"-own {RUN}")
    (folder / f"-own {RUN}/manifest.csv").rename(folder / f"-own {RUN}/-m $(touch x).csv")
    mirror = folder / str(STUDY["mirror"]) / "sdk"
    shutil.copytree(generated, mirror)
    (mirror / "demo_words.csd").rename(mirror / FILE)
    (mirror / "demo_folds.json").rename(mirror / "demo folds.json")
    result = project.study("all", "data/cache/sdk/train.h5")
    assert result.returncode == 0, result.stdout + result.stderr
    report = project.study("--report", "report.html", "all")
    assert report.returncode == 0, report.stdout + report.stderr
    return project


def test_nothing_was_run(finished: Project) -> None:
    assert list(finished.folder.parent.rglob("x")) == []


def test_texts_reach_the_commands_as_they_are(finished: Project) -> None:
    provenance = read_provenance(finished.folder / "data/cache/sdk/train.h5")
    assert provenance.pause == STUDY["datasets"]["sdk"]["pause"]
    assert provenance.sources["words"].file == FILE
    assert any((finished.folder / STUDY["tensorboard"]).rglob("events*"))


def test_markdown_shows_the_titles(finished: Project) -> None:
    text = (finished.folder / "results/tables/ablation.md").read_text()
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [token.children or [] for token in tokens if token.type == "inline"]
    assert {part.type for parts in inline for part in parts} <= {"text", "text_special"}
    shown = ["".join(part.content for part in parts) for parts in inline]
    assert f"{TITLE}: {TITLE}" in shown
    assert (TITLE in shown, STARTS in shown) == (True, True)


def test_latex_shows_the_titles(finished: Project) -> None:
    text = (finished.folder / "results/tables/ablation.tex").read_text()
    assert f"\\caption{{{as_latex(f'{TITLE}: {TITLE}')}}}" in text
    assert f" & {as_latex(TITLE)} " in text
    assert f"\n {{[}}{as_latex(STARTS[1:])} " in text
    plain = re.sub(
        r"\\(textbackslash|textasciitilde|ensuremath)\{.?\}|\\[%_&#$^{}]", "", as_latex(TITLE)
    )
    assert not set(plain) & set("\\{}%_&#$^~<>")


def test_csv_holds_names_and_no_titles(finished: Project) -> None:
    rows = pd.read_csv(finished.folder / "results/tables/ablation.csv")
    assert set(rows["optimizer"]) == {"adam"}
    assert not {cell[0] for cell in map(str, rows.values.flat)} & set("=+@")


def test_figures_show_the_titles(finished: Project) -> None:
    drawn = (finished.folder / "results/figures/gradients.svg").read_text()
    text = " ".join(unescape(line) for line in re.findall("<!-- (.*?) -->", drawn))
    assert f"{TITLE}: {TITLE}" in text
    assert STARTS in text


def test_the_report_shows_the_titles_and_runs_nothing(finished: Project) -> None:
    page = (finished.folder / "report.html").read_text()
    assert page.count(escape(TITLE, quote=False).replace("\\", "\\\\").replace("é", "\\u00e9")) == 5
    assert "<script>alert" not in page
