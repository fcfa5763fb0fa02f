"""Settings of each balancer: file name = config name; every file has a class `Settings`."""

from typing import Any, ClassVar

from pydantic import Field

from evenfuse.settings.strict import Strict


class BalancerSettings(Strict):
    """What the settings of all balancers share; the other fields are its keyword arguments."""

    late_fusion: ClassVar[bool] = True  # whether it needs last linear maps and representations

    fewest_modalities: ClassVar[int] = 1  # with fewer there is nothing that it could balance

    name: str = Field("none", description="a balancer; see docs/extending.md for your own")

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of the balancer."""
        return self.model_dump(exclude={"name"})
