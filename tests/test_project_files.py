"""Files that say the same thing twice say the same thing."""

import json
import re
import tomllib
from itertools import chain
from pathlib import Path

import yaml

from evenfuse import parts
from evenfuse.settings.config import Config, Dataset
from evenfuse.settings.run import RunSettings

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDED = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
CONDA_NAMES = {"torch": "pytorch"}


def test_schema_is_that_of_the_settings() -> None:
    schema = json.loads((ROOT / "workflow/schemas/config.schema.json").read_text())
    assert schema == Config.model_json_schema()


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
    keys = [*Config.model_fields, *Dataset.model_fields, "grid", "use_winner"]
    for part in ("optimizer", "training"):
        keys += [f"{part}.{key}" for key in RunSettings.model_fields[part].annotation.model_fields]
    sections = {"models": "model.", "balancers": "balancing.", "tables": "", "figures": ""}
    for kind, section in sections.items():
        for name in parts.names(kind):
            settings = parts.facts(kind, name).Settings
            keys += [f"{section}{key}" for key in settings.model_fields]
    assert [key for key in keys if f"`{key}`" not in page] == []


def test_version_is_one() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["version"]
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text()
