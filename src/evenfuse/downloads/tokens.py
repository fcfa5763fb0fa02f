"""The user's token for the Hugging Face hub: when it is shown, and what a refusal means."""

from huggingface_hub import constants, get_token
from requests import Response

REFUSED = (401, 403)


def headers_for(address: str) -> dict[str, str]:
    """Return the headers for an address: the user's token, if there is one, for the hub alone."""
    token = get_token() if _on_hub(address) else None
    return {"Authorization": f"Bearer {token}"} if token else {}


def refusal(answer: Response) -> str:
    """Return what an answer with an error says, and for the hub what to do about it."""
    said = f"HTTP {answer.status_code}"
    if answer.status_code in REFUSED and _on_hub(answer.url):
        return (
            f"{said}: the hub wants a token, or you have not accepted the terms on the page of the "
            "data set; accept them, then set HF_TOKEN or run `hf auth login`"
        )
    return said


def _on_hub(address: str) -> bool:
    return address.startswith(f"{constants.ENDPOINT}/")
