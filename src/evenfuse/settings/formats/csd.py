"""The CMU-MultimodalSDK's .csd files: words, labels, and a sequence per further role."""

from collections.abc import Sequence

from evenfuse.settings.formats import Files, Format

OF_OTHERS = ("pickle", "manifest")  # left over where an entry is laid over one of another format


class Csd(Format):
    """Every role but words and labels is a modality of a file of its own."""

    def sources(self, files: Files) -> dict[str, str]:
        """Return role -> file name of every role that has a file."""
        return {role: name for role, name in files.items() if name and role not in OF_OTHERS}

    def available(self, files: Files, wanted: Sequence[str]) -> dict[str, str]:
        """Return modality -> file name: the text from the words, every sequence from its own."""
        sources = self.sources(files)
        features = {role: name for role, name in sources.items() if role not in self.roles}
        return {"text": sources["words"], **features}


FORMAT = Csd(roles=("words", "labels"), modalities=("text",), aligned=True)
