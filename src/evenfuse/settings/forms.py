"""Forms of a variant: what follows from it by a rule, e.g. lf-dnn-bert-gb from lf-dnn."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from evenfuse.errors import EvenfuseError, choose
from evenfuse.settings.trees import Tree, merge

Modalities = list[str]


class Form(NamedTuple):
    """How a variant of this form differs from the one that it is made from."""

    title: str  # {} stands for the title of that one
    settings: Tree
    modalities: Callable[[Modalities], Modalities] | None = None


def _only(modality: str) -> Callable[[Modalities], Modalities]:
    return lambda modalities: [each for each in modalities if _read(each) == modality]


def _read(modality: str) -> str:
    """Return the modality itself, or the text in place of its word vectors."""
    return "text" if modality == "vectors" else modality


FORMS = {
    "gb": Form("{} with B-fusion", {"balancing": {"name": "b_fusion"}}),
    # Adam's weight decay would pull a pretrained BERT towards 0
    "bert": Form(
        "{} (BERT)",
        {"optimizer": {"weight_decay": 0.0}},
        lambda modalities: [_read(each) for each in modalities],
    ),
    "text": Form("{}, text only", {}, _only("text")),
    "audio": Form("{}, audio only", {}, _only("audio")),
    "video": Form("{}, video only", {}, _only("video")),
}


def with_forms(variants: Mapping[str, Any]) -> Tree:
    """Return the variants as written, and the forms that their entries ask for.

    An entry that has the name of such a form is laid over what the form makes.

    Raises:
        EvenfuseError: for an unknown form, or one that leaves no modality.
    """
    made: Tree = {}
    for name, entry in variants.items():
        made.setdefault(name, entry)
        for suffix in _asked_for(entry):
            own = variants.get(f"{name}-{suffix}", {})
            formed = _formed(name, entry, suffix)
            made[f"{name}-{suffix}"] = merge(formed, own) if isinstance(own, Mapping) else own
    return made


def made_from(variants: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the name of every form -> the variant that asks for it, and what is added to it."""
    return {
        f"{name}-{suffix}": (name, suffix)
        for name, entry in variants.items()
        for suffix in _asked_for(entry)
    }


def _asked_for(entry: Any) -> Iterator[str]:
    forms = entry.get("forms") if isinstance(entry, Mapping) else None
    # the settings class reports an entry or a list that is none
    yield from (str(form) for form in forms) if isinstance(forms, list) else ()


def _formed(name: str, entry: Mapping[str, Any], suffix: str) -> Tree:
    tree = {key: value for key, value in entry.items() if key not in ("forms", "published")}
    for word in suffix.split("-"):
        form = choose("form", word, FORMS)
        title = form.title.format(tree.get("title") or name)
        tree = merge(tree, form.settings, {"title": title})
        if form.modalities:
            given = tree.get("modalities")
            kept = form.modalities(given) if isinstance(given, list) else []
            if not kept:
                raise EvenfuseError(
                    f"the variant '{name}' has the form '{word}', but no modalities that it could "
                    "be of; list them in its entry"
                )
            tree["modalities"] = kept
    return tree
