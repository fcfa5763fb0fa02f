"""Where the text encoders of arms are: made here, fetched from the hub, or in a user's folder."""

import re
from collections.abc import Iterable
from pathlib import Path

from evenfuse.errors import EvenfuseError
from evenfuse.planning.files import ENCODER, VOCABULARY
from evenfuse.settings.run import ArmSettings

# as the hub allows it, so that `--` can stand for `/` in the name of a folder
HUB_NAME = re.compile(r"(?!.*(--|\.\.))\w[\w.-]*(/\w[\w.-]*)?(@\w[\w.-]*)?", re.ASCII)


def made_encoder(dataset: str, arms: Iterable[ArmSettings]) -> list[str]:
    """Return the folder that a rule makes for the text encoder of these arms, if they need one.

    A BERT folder of the user's is used as it is.

    Raises:
        EvenfuseError: if a text encoder is neither a folder nor a name that the hub could have.
    """
    named = {arm.text_encoder for arm in arms if "text" in arm.modalities}
    return [_made(dataset, name) for name in sorted(named) if not Path(name).is_dir()]


def hub_name(folder: str) -> str:
    """Return NAME or NAME@REVISION of the folder that is named after it."""
    return folder.replace("--", "/")


def _made(dataset: str, name: str) -> str:
    if name == "scratch":
        return VOCABULARY.format(dataset=dataset)
    if not HUB_NAME.fullmatch(name):
        raise EvenfuseError(
            f"the text encoder '{name}' is not a BERT folder, nor NAME or NAME@REVISION of a BERT "
            "on the hub, such as google-bert/bert-base-uncased; correct text_encoder"
        )
    return ENCODER.format(encoder=name.replace("/", "--"))
