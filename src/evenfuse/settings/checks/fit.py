"""Checks of what must fit: metrics and labels, modalities and files, the layers of an arm."""

from collections.abc import Iterable
from itertools import chain

from evenfuse import parts
from evenfuse.errors import EvenfuseError, nearest
from evenfuse.settings.checks.entries import choose_each
from evenfuse.settings.config import Config
from evenfuse.settings.dataset import Dataset
from evenfuse.settings.layers import Layer
from evenfuse.settings.sections import PARTS
from evenfuse.settings.strict import impossible
from evenfuse.settings.trees import Tree, merge
from evenfuse.settings.tuning import points


def check_labels(name: str, data: Dataset) -> None:
    """Hold the metrics of a dataset against its labels, as far as these are known."""
    columns = data.family().columns
    for labels in data.known_labels():
        if columns[: len(labels)] != labels[: len(columns)]:
            raise EvenfuseError(
                f"the setting 'datasets.{name}.metrics' cannot be '{data.metrics}': these "
                f"metrics are of {', '.join(columns)}, the labels are {', '.join(labels)}"
            )


def check_modalities(data: Dataset) -> None:
    """Hold the modalities of a dataset against what its files have."""
    choose_each("modality", [*data.modalities, *data.signed_log], data.available_modalities())


def check_modalities_of_layers(config: Config) -> None:
    """Hold every modality of runs against what their dataset has, or any if it is for all."""
    here = {name: data.available_modalities() for name, data in config.datasets.items()}
    anywhere = merge(*here.values())
    for layer in config.every_layer():
        known = here.get(layer.dataset, anywhere)
        choose_each("modality", layer.part.modalities or [], known)


def check_training(config: Config) -> None:
    """Hold every loss and selection metric against the metrics of its dataset, or of any."""
    families = {name: [data.family()] for name, data in config.datasets.items()}
    every = list(chain(*families.values()))
    for layer in config.every_layer():
        if given := layer.part.training:
            own = families.get(layer.dataset, every)
            _check_choice(layer, "loss", given, chain(*(family.losses for family in own)))
            metrics = chain(*(family.metrics for family in own))
            _check_choice(layer, "selection_metric", given, metrics)


def _check_choice(layer: Layer, key: str, given: Tree, names: Iterable[str]) -> None:
    known = dict.fromkeys(names)
    if key in given and given[key] not in known:
        reason = f"choose from: {', '.join(known)}{nearest(str(given[key]), known)}"
        raise EvenfuseError(impossible(f"{layer.where}.training.{key}", given[key], reason))


def check_whole_parts(config: Config) -> None:
    """See that the model and the balancer can be built in some arm of every layer.

    Each layer gives a part of their settings; here these are read as a whole.
    """
    work: set[str] = set()
    faults: dict[str, str] = {}
    read: dict[str, str | None] = {}
    for arm in config.possible_arms():
        layers = config.layers(arm)
        where = [layer.where for layer in layers]
        wholes = {key: merge(*(getattr(layer.part, key) for layer in layers)) for key in PARTS}
        text = str(wholes)
        if text not in read:
            read[text] = _fault_of_parts(wholes, arm.name)
        if wrong := read[text]:
            faults = dict.fromkeys(where, wrong) | faults
        else:
            work.update(where)
    for where_wrong, wrong in faults.items():
        if where_wrong not in work:
            raise EvenfuseError(wrong)


def _fault_of_parts(wholes: Tree, arm: str) -> str | None:
    try:
        for section, given in wholes.items():
            default = {"name": "none"} if section == "balancing" else {}
            parts.parse_part(PARTS[section], {**default, **given}, f"{arm}.{section}")
    except EvenfuseError as error:
        return str(error)
    return None


def check_arms(config: Config) -> None:
    """Resolve every arm that the study trains or shows, with all points of its grid."""
    if not config.trained_arms():
        raise EvenfuseError(
            "the study has nothing to train: each of its arms has one modality and a balancer, "
            "which has nothing to balance; set balancing.name to none"
        )
    shown = [arm for name in config.study.tables for arm in config.table_arms(name)]
    for arm in dict.fromkeys([*config.trained_arms(), *shown]):
        for point in ({}, *points(config.grid(*arm))):
            config.run(*arm, point)
