"""The sections of a run's settings, of which every layer may give some keys."""

from evenfuse import parts
from evenfuse.errors import EvenfuseError
from evenfuse.settings.run import OptimizerSettings, TrainingSettings
from evenfuse.settings.strict import Strict, fault
from evenfuse.settings.trees import Tree

PARTS = {"model": "models", "balancing": "balancers"}  # section -> kind of the part it names
PLAIN: dict[str, type[Strict]] = {"optimizer": OptimizerSettings, "training": TrainingSettings}
SECTIONS = (*PARTS, *PLAIN)


def check_section(section: str, given: Tree, where: str, part: str | None) -> None:
    """Hold what a layer gives of a section against the settings class, that of `part` if known.

    If no part is known, it must fit one of all parts.

    Raises:
        EvenfuseError: for the first unknown key or impossible value.
    """
    kinds = _classes(section, part)
    nearest_first = sorted(kinds, key=lambda kind: len(given.keys() - kind.model_fields.keys()))
    faults = [fault(kind, given, where) for kind in nearest_first]
    if all(faults):
        raise EvenfuseError(str(faults[0]))


def _classes(section: str, part: str | None) -> list[type[Strict]]:
    if section in PLAIN:
        return [PLAIN[section]]
    kind = PARTS[section]
    names = parts.names(kind) if part is None else [part]
    return [parts.facts(kind, name).Settings for name in names]
