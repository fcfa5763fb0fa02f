"""Settings without effect, because later layers override them in every arm that they are for."""

from evenfuse.settings.arms import ArmKey
from evenfuse.settings.config import Config
from evenfuse.settings.layers import deciding
from evenfuse.settings.trees import Place


def overridden(config: Config) -> list[str]:
    """Return a sentence for each setting that takes effect in none of its arms."""
    in_effect: set[tuple[Place, str]] = set()
    first_arm: dict[str, ArmKey] = {}
    for arm in config.possible_arms():
        layers = config.layers(arm)
        in_effect |= deciding(layers).items()
        first_arm = {layer.where: arm for layer in layers} | first_arm
    return [
        _sentence(config, layer.where, place, first_arm[layer.where])
        for layer in config.every_layer()
        if layer.where in first_arm
        for place in layer.part.places
        if (place, layer.where) not in in_effect
    ]


def _sentence(config: Config, where: str, place: Place, arm: ArmKey) -> str:
    later = deciding(config.layers(arm))[place]
    return (
        f"the setting '{where}.{'.'.join(place)}' has no effect: later layers override it in every "
        f"arm, in {arm.name} {later}"
    )
