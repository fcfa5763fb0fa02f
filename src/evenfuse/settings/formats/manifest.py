"""A corpus of your own: one table of segments, and a folder of features beside it."""

from collections.abc import Sequence

from evenfuse.settings.formats import Files, Format


class Manifest(Format):
    """Its text and its features are those that the entry asks for."""

    def available(self, files: Files, wanted: Sequence[str]) -> dict[str, str]:
        """Return modality -> the manifest."""
        (file,) = self.sources(files).values()
        return dict.fromkeys(wanted, file)


FORMAT = Manifest(roles=("manifest",), modalities=(), in_folder=True)
