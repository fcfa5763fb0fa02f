"""The names of an arm: one dataset, one optimizer, one variant."""

from typing import NamedTuple, Self

from evenfuse.errors import EvenfuseError


class ArmKey(NamedTuple):
    """Which arm is meant; the names of its files begin with `name`."""

    dataset: str
    optimizer: str
    variant: str

    @property
    def name(self) -> str:
        """All three, e.g. demo_adam_gb."""
        return "_".join(self)

    @classmethod
    def read(cls, name: str) -> Self:
        """Return the key of a name, or raise EvenfuseError if it has not three parts."""
        names = name.split("_")
        if len(names) != 3:
            raise EvenfuseError(
                f"'{name}' is no arm: write dataset_optimizer_variant, e.g. demo_adam_gb"
            )
        return cls(*names)
