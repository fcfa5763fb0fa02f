"""Bugs that mutmut plants: draw a sample of each room, count which ones the tests notice."""

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path

from mutmut.stats import status_by_exit_code
from scipy.stats import binomtest

EPILOG = """
From the root of the repository, with `pip install 'evenfuse[test,mutation]'`:

  mutmut run 'nothing*'                                plants the bugs, finds each test's functions
  mutmut run $(python benchmarks/mutants.py --draw 20)  tries 20 bugs of each room
  python benchmarks/mutants.py                         shows what became of all that were tried

The first command ends with an error: no bug has that name. `mutmut show NAME` prints one bug.
"""
NOTICED = {"killed", "timeout", "segfault", "suspicious"}


def rooms(folder: Path) -> dict[str, dict[str, int | None]]:
    """Return room -> name of each bug -> exit code of the tests, None if it was not tried."""
    found: dict[str, dict[str, int | None]] = defaultdict(dict)
    for path in sorted(folder.rglob("*.meta")):
        room = path.relative_to(folder).parts[0]
        found[room] |= json.loads(path.read_text())["exit_code_by_key"]
    return found


def row(room: str, bugs: dict[str, int | None]) -> str:
    """Return the row of a room: bugs, tried, noticed, share with its 95 % interval."""
    tried = [code for code in bugs.values() if code is not None]
    noticed = sum(status_by_exit_code[code] in NOTICED for code in tried)
    if not tried:
        return f"| {room} | {len(bugs)} | 0 | | | |"
    found = binomtest(noticed, len(tried)).proportion_ci()
    interval = f"{100 * found.low:.0f} to {100 * found.high:.0f}"
    share = f"{100 * noticed / len(tried):.0f} | {interval}"
    return f"| {room} | {len(bugs)} | {len(tried)} | {noticed} | {share} |"


def show(of_rooms: dict[str, dict[str, int | None]]) -> None:
    print("| room | bugs | tried | noticed | % | 95 % interval |\n|---|---|---|---|---|---|")
    for room, bugs in of_rooms.items():
        print(row(room, bugs))
    together = {name: code for bugs in of_rooms.values() for name, code in bugs.items()}
    print(row("together", together), "\n\nNot noticed:")
    for name, code in together.items():
        if code is not None and status_by_exit_code[code] not in NOTICED:
            print(name)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("mutants/src/evenfuse"))
    parser.add_argument("--draw", type=int, help="print the names of so many bugs of each room")
    parser.add_argument("--rooms", nargs="*", help="these rooms alone")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = rooms(options.folder)
    chosen = {room: found[room] for room in options.rooms or found}
    if options.draw is None:
        show(chosen)
        return
    for room, bugs in chosen.items():
        drawn = random.Random(f"{options.seed} {room}")
        print(*drawn.sample(sorted(bugs), min(options.draw, len(bugs))), sep="\n")


if __name__ == "__main__":
    main()
