"""What is damaged, and what cannot be read: two different things.

Damage shows in content that was read. It is set aside, so that the workflow makes a new one. An
error of the operating system (no permission, a disk or a file server that fails) says nothing of
the content, and nothing is renamed.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evenfuse.errors import EvenfuseError
from evenfuse.files import is_special


class DamagedError(Exception):
    """The content is not what was written, or not of a form that this version reads."""


class ForeignError(Exception):
    """The content was never written by this project: whoever named it meant something else."""


@contextmanager
def reading(kind: str, path: Path) -> Iterator[None]:
    """Turn what goes wrong while `path` is read into one sentence; set it aside if it is damaged.

    `kind` says what it is: a cache, a trained model. Inside, DamagedError is raised for damage,
    ForeignError for what is something else, and OSError stands for anything that keeps a good file
    from being read.

    Raises:
        EvenfuseError: if it is missing, cannot be read, or is damaged.
    """
    try:
        yield
    except FileNotFoundError:
        raise EvenfuseError(f"there is no {kind} {path}; run the workflow to make it") from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error  # libraries say much more
        raise EvenfuseError(
            f"the {kind} {path} cannot be read ({reason}); it may well be good, so it was "
            "left as it is: make it readable and run the same command again"
        ) from None
    except ForeignError as error:
        raise EvenfuseError(f"{path} is not a {kind} that evenfuse wrote: {error}") from None
    except DamagedError as error:
        if is_special(path):  # as root, a device could be renamed, too
            raise EvenfuseError(f"{path} is no {kind}, but a device or a pipe") from None
        raise EvenfuseError(
            f"the {kind} {path} cannot be used ({error}); it was set aside as {_set_aside(path)}; "
            "run the workflow again to make a new one"
        ) from None


def _set_aside(path: Path) -> str:
    aside = path.with_name(f"{path.name}.damaged")
    try:
        if aside.is_dir():
            shutil.rmtree(aside)
        path.replace(aside)
    except OSError as error:
        raise EvenfuseError(
            f"{path} is damaged and cannot be set aside ({error.strerror}); delete it and run the "
            "workflow again to make a new one"
        ) from None
    return aside.name
