"""What the pages of the project print: blocks of code, by the file that they say they are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of one language on a page, as printed."""
    found = FENCED.findall((ROOT / page).read_text())
    return [text for named, text in found if named == language]


def modules(page: str) -> dict[str, str]:
    """Return path -> text of the Python modules on a page; each begins with its path."""
    return {text.splitlines()[0].removeprefix("# "): text for text in blocks(page, "python")}
