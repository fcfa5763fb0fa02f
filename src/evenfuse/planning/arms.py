"""Inputs and options of the rules that train, evaluate and tune an arm."""

from functools import cached_property
from pathlib import Path

from evenfuse.bert_files import remembered_digest
from evenfuse.digests import evaluation_code, heads_code, missing_code, training_code
from evenfuse.errors import EvenfuseError
from evenfuse.planning.arguments import as_json
from evenfuse.planning.encoders import made_encoder
from evenfuse.planning.files import CHOICE, DIGESTS, POINT, RUN
from evenfuse.settings.config import Config
from evenfuse.settings.run import ArmSettings
from evenfuse.settings.study import Missing
from evenfuse.settings.tuning import Point, path_of, points


class PlannedArm:
    """An arm of the config, or a point of its grid, named by its folder.

    Raises EvenfuseError, when it is made, if the config has no such arm or point.
    """

    def __init__(
        self, config: Config, dataset: str, optimizer: str, variant: str, point: str | None = None
    ):
        self.config, self.key, self.point = config, (dataset, optimizer, variant), point
        self.names = {"dataset": dataset, "optimizer": optimizer, "variant": variant}
        own = self._points[point] if point else None
        self.settings: ArmSettings = config.run(*self.key, own)

    def settings_json(self) -> str:
        """Return its settings as JSON; the seeds are given beside them."""
        return as_json(self.settings.model_dump())

    def code(self) -> str:
        """Return a digest of the code that trains it."""
        return training_code(self.settings)

    def evaluation_code(self) -> str:
        """Return a digest of the code that computes its results from its models."""
        return evaluation_code(self.settings)

    def heads_code(self) -> str:
        """Return a digest of the code that trains and scores heads on its models."""
        return heads_code(self.settings)

    def missing_json(self) -> str:
        """Return what the study says of missing modalities and rows, else the defaults, as JSON."""
        return as_json((self.config.study.missing or Missing()).model_dump())

    def missing_code(self) -> str:
        """Return a digest of the code that scores its models where something is missing."""
        return missing_code(self.settings)

    def encoder(self) -> list[str]:
        """Return the folder made for its text encoder: a vocabulary, or a fetched BERT."""
        return made_encoder(self.settings.dataset, [self.settings])

    def pretrained(self) -> str:
        """Return a digest of the user's folder of a pretrained BERT, if it has one.

        Snakemake itself notices when a folder that a rule makes is made anew.
        """
        folder = Path(self.settings.text_encoder)
        used = "text" in self.settings.modalities and folder.is_dir()
        return remembered_digest(folder, Path(DIGESTS)) if used else ""

    def winner(self) -> list[str]:
        """Return the choice whose winner it is trained with, if any."""
        used = self.point is None and self.config.uses_winner(*self.key)
        return [CHOICE.format(**self.names)] if used else []

    def given(self) -> list[str]:
        """Return the options for what only some arms are given."""
        encoder = [f"--text-encoder={path}" for path in self.encoder()]
        return encoder + [f"--winner={path}" for path in self.winner()]

    def models(self) -> list[str]:
        """Return the models of all its seeds."""
        return self._of_seeds("model")

    def runs(self) -> list[str]:
        """Return the records of all its seeds."""
        return self._of_seeds("run.json")

    def points(self) -> list[str]:
        """Return the records of all points of its grid with all tuning seeds.

        Raises:
            EvenfuseError: if it has no grid.
        """
        seeds = self.config.tuning.seeds
        return [
            f"{POINT}/run.json".format(**self.names, point=point, seed=seed)
            for point in self._points
            for seed in seeds
        ]

    def grid(self) -> str:
        """Return the settings that its grid tries, as JSON."""
        return as_json(list(self.config.grid(*self.key)))

    def _of_seeds(self, file: str) -> list[str]:
        seeds = self.config.study.seeds
        return [f"{RUN}/{file}".format(**self.names, seed=seed) for seed in seeds]

    @cached_property
    def _points(self) -> dict[str, Point]:
        tried = points(self.config.grid(*self.key))
        if tried == [{}]:
            raise EvenfuseError(
                f"{'_'.join(self.key)} has no grid to search; give its variant one, "
                "see config/README.md"
            )
        return {path_of(point): point for point in tried}
