"""Try every address of the config's data files, for whoever has a network.

Each is asked by a HEAD request; of files on the Hugging Face hub, the list is read as well, and
every part is asked for. Nothing is downloaded. Example: python benchmarks/addresses.py sims mosei
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import requests
from tabulate import tabulate

from evenfuse.downloads.catalog import CatalogEntry, listed
from evenfuse.downloads.hub import find_files
from evenfuse.downloads.partial import LostError, Partial
from evenfuse.downloads.space import in_gb
from evenfuse.downloads.tokens import headers_for, refusal
from evenfuse.errors import EvenfuseError
from evenfuse.settings.reading import config_files, read
from evenfuse.settings.sources import HUB

SECONDS = 30


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", nargs="*", help="these corpora alone")
    parser.add_argument(
        "--config", type=Path, action="append", default=[], help="laid over config/"
    )
    return parser.parse_args()


def main() -> None:
    given = options()
    files = [
        file
        for file in listed(read([*config_files(), *given.config]))
        if not given.corpora or file.origin in given.corpora
    ]
    rows = [row for file in files for row in answers(file)]
    print(tabulate(rows, ("file", "answer", "address"), tablefmt="simple"))


def answers(file: CatalogEntry) -> Iterator[tuple[str, str, str]]:
    """Yield a row for every address of a file."""
    for address in file.source.places():
        try:
            yield file.key, answer(address), address
        except (LostError, EvenfuseError) as error:
            yield file.key, str(error), address
        except requests.HTTPError as error:
            yield file.key, refusal(error.response), address
        except OSError as error:
            yield file.key, type(error).__name__, address


def answer(address: str) -> str:
    """Return how large a file is, in how many parts; raise if its address does not answer."""
    if not address.startswith(HUB):
        return in_gb(length(address))
    with tempfile.TemporaryDirectory() as folder:
        parts = find_files(address, Partial(Path(folder) / "list"))
    total = in_gb(sum(length(part.address) for part in parts))
    return f"{total} in {len(parts)} parts" if len(parts) > 1 else total


def length(address: str) -> int:
    headers = {"Accept-Encoding": "identity", **headers_for(address)}
    found = requests.head(address, headers=headers, timeout=SECONDS, allow_redirects=True)
    found.raise_for_status()
    return int(found.headers.get("Content-Length", 0))


if __name__ == "__main__":
    main()
