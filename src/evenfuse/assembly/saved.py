"""A trained model on disk: a folder that needs nothing else to predict.

::

    settings.json        the run's settings and the widths of its inputs
    weights.safetensors  all parameters and buffers, fusion weights and standardisation included
    text_encoder/        BERT's shape and its tokenizer
"""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from evenfuse.assembly.build import build
from evenfuse.errors import EvenfuseError
from evenfuse.nn.model import SentimentModel
from evenfuse.nn.text import Tokenizer, blank_text_encoder
from evenfuse.settings.run import RunSettings, parse_run
from evenfuse.storage.files import read_json, write_aside, write_json


def save_model(
    folder: Path,
    model: SentimentModel,
    settings: RunSettings,
    widths: dict[str, int],
    tokenizer: Tokenizer | None,
) -> None:
    """Write the folder, whole or not at all."""
    with write_aside(folder) as aside:
        write_json(aside / "settings.json", {"run": settings.model_dump(), "widths": widths})
        save_file(model.state_dict(), aside / "weights.safetensors")
        if tokenizer is not None:
            tokenizer.save(aside / "text_encoder")


def load_model(folder: Path) -> tuple[SentimentModel, RunSettings, Tokenizer | None]:
    """Read the folder.

    Raises:
        EvenfuseError: if a part is missing or does not fit.
    """
    saved = read_json(folder / "settings.json")
    settings = parse_run(saved["run"], str(folder / "settings.json"))
    bert, tokenizer = None, None
    if (folder / "text_encoder").is_dir():
        bert, tokenizer = blank_text_encoder(folder / "text_encoder")
    model = build(settings, bert, saved["widths"])
    try:
        model.load_state_dict(load_file(folder / "weights.safetensors"))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise EvenfuseError(f"the weights in {folder} do not load: {error}") from None
    return model, settings, tokenizer
