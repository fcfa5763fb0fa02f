"""Tables and figures in the config: each entry is read by the settings of the kind it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, GetJsonSchemaHandler, SerializeAsAny
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from evenfuse import parts
from evenfuse.settings.figures import Figure
from evenfuse.settings.strict import Strict
from evenfuse.settings.tables import Table


@dataclass(frozen=True)
class _SchemaOfKinds:
    """Lets editors complete what the settings of any kind have."""

    kind: str

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        kinds = [self._named(name, handler) for name in parts.names(self.kind)]
        return {"type": "object", "additionalProperties": {"anyOf": kinds}}

    def _named(self, name: str, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        settings: type[Strict] = parts.facts(self.kind, name).Settings
        schema = handler.resolve_ref_schema(handler(settings.__pydantic_core_schema__))
        schema["properties"]["kind"]["const"] = name
        return schema


def _tables(entries: Any) -> Any:
    return _by_kind("tables", Table, entries)


def _figures(entries: Any) -> Any:
    return _by_kind("figures", Figure, entries)


def _by_kind(section: str, base: type[Strict], entries: Any) -> Any:
    if not isinstance(entries, Mapping):
        return entries  # pydantic says what is wrong with it
    default = {"kind": base.model_fields["kind"].default}
    return {
        name: parts.parse_part(section, {**default, **values}, f"{section}.{name}")
        if isinstance(values, Mapping)
        else values
        for name, values in entries.items()
    }


Tables = Annotated[
    dict[str, SerializeAsAny[Table]], BeforeValidator(_tables), _SchemaOfKinds("tables")
]
Figures = Annotated[
    dict[str, SerializeAsAny[Figure]], BeforeValidator(_figures), _SchemaOfKinds("figures")
]
