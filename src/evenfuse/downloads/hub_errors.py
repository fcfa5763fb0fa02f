"""What goes wrong between here and the Hugging Face hub, each in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from huggingface_hub import constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from evenfuse.downloads.tokens import REFUSED
from evenfuse.errors import EvenfuseError


@contextmanager
def hub_errors(repository: str, revision: str | None, instead: str) -> Iterator[None]:
    """Turn an error of `huggingface_hub` into a sentence about this repository.

    `instead` says what to do where the hub cannot help, such as "give a folder".

    Raises:
        EvenfuseError: for any of them. A full disk and the like stay what they are.
    """
    try:
        yield
    except (HfHubHTTPError, LocalEntryNotFoundError, httpx2.HTTPError) as error:
        # the cache speaks of a file that it does not have; the reason lies below
        lost = isinstance(error, LocalEntryNotFoundError) and error.__cause__
        told = _sentence(lost or error, repository, revision, instead)
        raise EvenfuseError(told) from None
    except HFValidationError:
        raise EvenfuseError(f"'{repository}' is no name on the hub; correct it") from None
    except (ValueError, KeyError, TypeError) as error:
        raise EvenfuseError(
            f"{constants.ENDPOINT} does not answer as the hub does ({type(error).__name__}); "
            "correct HF_ENDPOINT"
        ) from None


def _sentence(error: BaseException, repository: str, revision: str | None, instead: str) -> str:
    page = f"{constants.ENDPOINT}/{repository}"
    match error:
        case GatedRepoError():
            return (
                f"{repository} is only for those who accept its terms; do so at {page}, then log "
                "in with hf auth login, or set HF_TOKEN"
            )
        case RepositoryNotFoundError():
            return (
                f"the hub has no {repository}, or it is private; correct the name, or log in "
                f"with hf auth login, or {instead}"
            )
        case RevisionNotFoundError():
            return f"{repository} has no revision {revision} on the hub; {instead}"
        case HfHubHTTPError() if error.response.status_code in REFUSED:
            return (
                f"the hub does not let you have {repository} (HTTP {error.response.status_code}); "
                "log in with hf auth login, or correct HF_TOKEN"
            )
        case HfHubHTTPError():
            return (
                f"the hub answered HTTP {error.response.status_code} for {repository}; try again "
                f"later, or {instead}"
            )
    reason = type(error).__name__
    return (
        f"the hub at {constants.ENDPOINT} cannot be reached for {repository} ({reason}); run the "
        f"same command again where it can be, or {instead}"
    )
