"""Inputs and options of the rule that times epochs."""

from dataclasses import dataclass
from functools import cached_property

from evenfuse.digests import timing_code
from evenfuse.planning.arguments import as_json
from evenfuse.planning.arms import PlannedArm
from evenfuse.planning.encoders import made_encoder
from evenfuse.settings.config import Config
from evenfuse.settings.run import ArmSettings


@dataclass(frozen=True)
class PlannedTiming:
    """The models whose epochs a table of the config times on a dataset."""

    config: Config
    table: str
    dataset: str

    @cached_property
    def arms(self) -> list[ArmSettings]:
        """Their settings."""
        arms = [arm for arm in self.config.table_arms(self.table) if arm[0] == self.dataset]
        return [PlannedArm(self.config, *arm).settings for arm in arms]

    def settings_json(self) -> str:
        """Return their settings as JSON."""
        return as_json([arm.model_dump() for arm in self.arms])

    def code(self) -> str:
        """Return a digest of the code whose epochs are timed, and of the clock."""
        return timing_code(self.arms)

    def encoder(self) -> list[str]:
        """Return the folder made for their text encoder: a vocabulary, or a fetched BERT."""
        return made_encoder(self.dataset, self.arms)

    def given(self) -> list[str]:
        """Return the options for what only some timings are given."""
        return [f"--text-encoder={path}" for path in self.encoder()]
