"""Settings of each model: file name = config name; every file has a class `Settings`."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar

from pydantic import Field

from evenfuse.errors import EvenfuseError
from evenfuse.settings.modules import known, modules_of
from evenfuse.settings.strict import Strict, parse


class ModelSettings(Strict):
    """What the settings of all models share."""

    late_fusion: ClassVar[bool] = True  # whether a balancer finds last linear maps in it

    name: str = Field(description="a file of evenfuse.models")

    def check_modalities(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError if the model makes no sense of these modalities."""


def parse_model(values: Mapping[str, Any], where: str) -> ModelSettings:
    """Read the settings of the model that `values` name.

    Raises:
        EvenfuseError: if there is no model of that name, or a setting is wrong.
    """
    if "name" not in values:
        raise EvenfuseError(f"the setting '{where}.name' is missing: it names a file of models")
    known("model", values["name"], modules_of("models"))
    kind: type[ModelSettings] = import_module(f"{__name__}.{values['name']}").Settings
    return parse(kind, values, where)
