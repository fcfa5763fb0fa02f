"""Text shown as it is in Markdown; apart from what imports pandas."""

import re

# "_" within a word is none, nor "<" and "&" before a blank
MARKUP = re.compile(r"[\\`*\[\]|$#~]|(?<!\w)_|_(?!\w)|<(?=[\w/!?])|&(?=[\w#])")


def as_markdown(text: object) -> str:
    """Return Markdown that shows a text, in a table too: what could be markup is escaped."""
    return MARKUP.sub(r"\\\g<0>", str(text))
