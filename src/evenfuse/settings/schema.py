"""The JSON schema of the config, for editors."""

from typing import Any

from evenfuse import parts
from evenfuse.settings.config import Config
from evenfuse.settings.sections import PARTS, PLAIN, SECTIONS
from evenfuse.settings.strict import Strict
from evenfuse.settings.trees import Tree


def schema() -> Tree:
    """Return the JSON schema of any file of the config.

    What runs are set by is typed by the settings classes of all parts that are installed. Each
    file holds a part of the whole, so no key is required in it.
    """
    whole = Config.model_json_schema()
    named: Tree = whole["$defs"]
    for section, settings in PLAIN.items():
        _add(named, section, settings)
    for section in PARTS:
        names = [f"{section}.{name}" for name in _add_parts(named, section)]
        named[section] = {"anyOf": [_reference(name) for name in names]}
    for layer in ("RunPart", "OptimizerPart", "Variant"):
        _type_sections(named[layer])
    _type_models(named)
    tree: Tree = _nothing_required(whole)
    return tree


def _add_parts(named: Tree, section: str) -> list[str]:
    """Add the settings of all parts that a section can name; return these names."""
    names = list(parts.names(PARTS[section]))
    for name in names:
        _add(named, f"{section}.{name}", parts.facts(PARTS[section], name).Settings)
        named[f"{section}.{name}"]["properties"]["name"] = {"const": name}
    return names


def _add(named: Tree, name: str, settings: type[Strict]) -> None:
    own = settings.model_json_schema()
    named |= own.pop("$defs", {})
    named[name] = own


def _type_sections(layer: Tree) -> None:
    layer["properties"] |= {section: _reference(section) for section in SECTIONS}


def _type_models(named: Tree) -> None:
    """Give the entries of `per_model` the settings of the model that each is for."""
    general = named.pop("ModelPart")
    _type_sections(general)
    entries: Tree = named["Dataset"]["properties"]["per_model"]
    del entries["additionalProperties"]
    entries["properties"] = {}
    for name in parts.names("models"):
        typed = {**general["properties"], "model": _reference(f"model.{name}")}
        named[f"per_model.{name}"] = {**general, "properties": typed}
        entries["properties"][name] = _reference(f"per_model.{name}")


def _reference(name: str) -> Tree:
    return {"$ref": f"#/$defs/{name}"}


def _nothing_required(node: Any) -> Any:
    if isinstance(node, list):
        return [_nothing_required(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _nothing_required(value)
        for key, value in node.items()
        if not (key == "required" and isinstance(value, list))
    }
