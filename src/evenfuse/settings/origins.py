"""Where each setting of an arm comes from: a file and a layer, its metrics, or a default."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from evenfuse.settings.arms import ArmKey
from evenfuse.settings.config import Config
from evenfuse.settings.forms import FORMS, made_from
from evenfuse.settings.layers import deciding
from evenfuse.settings.run import of_family
from evenfuse.settings.trees import Place, Tree, holds, merge, values_in

NAMES = {("dataset",), ("optimizer_name",), ("variant",)}
OF_DATASET = {("modalities",), ("metrics",), ("signed_log",), ("text_encoder",)}
Files = Mapping[Path, Tree]


class Origin(NamedTuple):
    """A setting of an arm, its value, and where that was given."""

    setting: str
    value: Any
    origin: str


def origins(config: Config, arm: ArmKey, files: Files) -> list[Origin]:
    """Return the settings of an arm with their origins, and the values that its grid tries.

    `files` are those that the config was read from, each laid over the one before it.
    """
    layers = config.layers(arm)
    decides = deciding(layers)
    resolved = values_in(config.run(*arm).model_dump())
    settings = [
        Origin(".".join(place), value, _origin(config, arm, place, decides, files))
        for place, value in resolved.items()
        if place not in NAMES
    ]
    tried = {
        name: (layer.where, values) for layer in layers for name, values in layer.part.grid.items()
    }
    return settings + [
        Origin(f"grid of {name}", values, _in_file(arm, where, ("grid", name), files))
        for name, (where, values) in tried.items()
    ]


def _origin(
    config: Config, arm: ArmKey, place: Place, decides: Mapping[Place, str], files: Files
) -> str:
    *above, last = place
    like_text = (*above, "text")
    if place in decides:
        return _in_file(arm, decides[place], place, files)
    if last == "vectors" and like_text in decides:
        return _in_file(arm, decides[like_text], like_text, files)
    if place == ("text_encoder",) and config.text_encoder:
        return _in_file(arm, "", place, files)
    if place in OF_DATASET:
        return _in_file(arm, f"datasets.{arm.dataset}", place, files)
    if place[0] == "training" and last in of_family(config.dataset(arm.dataset).metrics):
        return f"metrics: {config.dataset(arm.dataset).metrics}"
    return "default"


def _in_file(arm: ArmKey, layer: str, place: Place, files: Files) -> str:
    """Return the last file that gives a setting, and the layer in it."""
    whole = (*filter(None, layer.split(".")), *place)
    holding = [file for file, tree in files.items() if holds(tree, whole)]
    if holding:
        shown = layer.removeprefix(f"datasets.{arm.dataset}.")
        return f"{holding[-1]}: {shown or place[0]}"
    formed = made_from(merge(*files.values()).get("variants", {})).get(arm.variant)
    if layer == f"variants.{arm.variant}" and formed:
        return _of_form(arm, formed, place, files)
    return "default"


def _of_form(arm: ArmKey, formed: tuple[str, str], place: Place, files: Files) -> str:
    base, suffix = formed
    for word in reversed(suffix.split("-")):
        form = FORMS[word]
        if holds(form.settings, place) or (place == ("modalities",) and form.modalities):
            return f"the form '{word}' of variants.{base}"
    return _in_file(arm, f"variants.{base}", place, files)
