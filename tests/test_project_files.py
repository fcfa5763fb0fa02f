"""Files that say the same thing twice say the same thing."""

import json
import re
import tomllib
from itertools import chain
from pathlib import Path

import yaml

from evenfuse import parts
from evenfuse.settings.config import Config
from evenfuse.settings.dataset import Dataset
from evenfuse.settings.forms import FORMS
from evenfuse.settings.layers import Variant
from evenfuse.settings.run import OptimizerSettings, TrainingSettings
from evenfuse.settings.schema import schema
from evenfuse.settings.sources import Origin, Source
from evenfuse.settings.study import Study

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDED = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
CONDA_NAMES = {"torch": "pytorch"}


def test_schema_is_that_of_the_settings() -> None:
    assert json.loads((ROOT / "config/schema.json").read_text()) == schema()


def test_conda_environment_has_the_dependencies_of_the_package() -> None:
    listed = yaml.safe_load((ROOT / "envs/evenfuse.yaml").read_text())["dependencies"]
    plain = [entry for entry in listed if isinstance(entry, str)]
    by_pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    expected = {CONDA_NAMES.get(name, name) for name in PROJECT["dependencies"]}
    assert {*plain, *by_pip} - {"pip", "python>=3.11"} == expected


def test_every_dependency_earns_its_line() -> None:
    page = (ROOT / "docs/dependencies.md").read_text()
    rows = re.findall(r"^\| (\S[^|]*?) \|", page, re.MULTILINE)
    named = {name for row in rows for name in row.split(", ")}
    needed = NEEDED
    names = {re.split(r"[><=]", entry)[0] for entry in needed}
    assert {name for name in names if not name.startswith("types-")} - named == set()


def test_every_dependency_is_pinned() -> None:
    pins = (ROOT / "constraints.txt").read_text().lower().splitlines()
    pinned = {line.split("==")[0] for line in pins if "==" in line}
    needed = NEEDED
    names = {re.split(r"[><=]", entry)[0].lower() for entry in needed}
    assert names - pinned == set()
    assert "torch==2.13.0" in pins


def test_config_readme_explains_every_key() -> None:
    page = (ROOT / "config/README.md").read_text()
    kinds = [
        parts.facts(kind, name).Settings
        for kind in ("tables", "figures")
        for name in parts.names(kind)
    ]
    classes = (Config, Study, Dataset, Variant, Origin, Source, *kinds)
    keys = [*FORMS, *chain(*(settings.model_fields for settings in classes))]
    sections = {"optimizer": [OptimizerSettings], "training": [TrainingSettings]}
    for section, kind in (("model", "models"), ("balancing", "balancers")):
        sections[section] = [parts.facts(kind, name).Settings for name in parts.names(kind)]
    for section, those in sections.items():
        keys += [f"{section}.{key}" for settings in those for key in settings.model_fields]
    sectioned = {"model", "balancing", "optimizer", "training"}
    keys = [key for key in keys if key not in sectioned]
    assert [key for key in keys if f"`{key}`" not in page] == []


def test_version_is_one() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["version"]
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text()
