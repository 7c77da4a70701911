"""ckpm's resolver beside its peers, on the same questions, in the same run.

Every answer is checked. A peer that is not installed is named and left out. The questions come from
the files beside the checkout (CKPM_TEST_DATA says where) or are made from a seed.
"""

from __future__ import annotations

import argparse
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.resolver import peers as peer_files
from benchmarks.resolver.index import make_index
from benchmarks.resolver.instances import DATA, FAMILIES, RECORDED, load
from benchmarks.resolver.measure import Peer, Task, describe, measure
from benchmarks.resolver.table import Row, plain, tables

EXAMPLES = """examples:
  python -m benchmarks.resolver
  python -m benchmarks.resolver --only 'boto*,pigeon*' --peers nab,libsolv
  python -m benchmarks.resolver --only index-10000 --runs 31 --json index.json
  python -m benchmarks.resolver --generated --seed 7 --peers ''

The peers, for this Python:
  pip install resolvelib nab-resolver python-sat solv py-rattler clingo uv
"""

PLACE = "benchmarks.resolver"
INDEXES = ("index-10000", "index-10000-open", "index-100000", "index-100000-open")
KNOWN = tuple(module.name for module in pkgutil.iter_modules(peer_files.__path__))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and fail where ckpm was wrong."""
    options = _parser().parse_args(arguments)
    chosen = KNOWN if options.peers is None else tuple(filter(None, options.peers.split(",")))
    if unknown := set(chosen) - set(KNOWN):
        print(f"no peer `{min(unknown)}`; there are {', '.join(KNOWN)}", file=sys.stderr)
        return 2
    found = list(_found([f"{PLACE}.ours", *(f"{PLACE}.peers.{name}" for name in chosen)]))
    tasks = (_task(identifier, options) for identifier in _identifiers(options.only))
    rows = [_row(task, found, options) for task in tasks]
    machine = {"python": platform.python_version(), "processors": os.cpu_count()}
    print("\n".join(tables(rows, found, options.timeout)))
    if options.json:
        text = json.dumps(plain(rows, found, machine), indent=1)
        options.json.write_text(text, encoding="utf-8")
    return int(any(row.is_faulty for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "benchmarks.resolver", description=__doc__, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--only", default="*", metavar="PATTERN", help="names, with `*` and `,`")
    parser.add_argument("--peers", metavar="A,B", help=f"of {', '.join(KNOWN)}; all by default")
    parser.add_argument("--runs", type=int, default=15, metavar="N", help="at most (default: 15)")
    parser.add_argument("--timeout", type=float, default=5, metavar="S", help="default: 5")
    parser.add_argument("--generated", action="store_true", help="make all, read no file")
    parser.add_argument("--seed", type=int, default=0, help="for what is made (default: 0)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every single time")
    return parser


def _found(modules: Sequence[str]) -> Iterator[Peer]:
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors.", end=" ")
    for module in modules:
        peer = describe(module)
        if isinstance(peer, Peer):
            print(f"{peer.name} {peer.version};", end=" ")
            yield peer
        else:
            print(f"**{module.rpartition('.')[2]} is missing: {peer}**;", end=" ")
    print("\n")


def _identifiers(patterns: str) -> list[str]:
    recorded = RECORDED if (DATA / "solver-cases").is_dir() else ()
    return [
        identifier
        for identifier in (*FAMILIES, *recorded, *INDEXES)
        if any(fnmatch(identifier, pattern) for pattern in patterns.split(","))
    ]


def _task(identifier: str, options: argparse.Namespace) -> Task:
    if identifier in INDEXES:
        return make_index(identifier, options.seed)
    return load(identifier, seed=options.seed, generated=options.generated)


def _row(task: Task, peers: Sequence[Peer], options: argparse.Namespace) -> Row:
    measured = {}
    for peer in peers:
        print(f"{task.id}: {peer.name}", file=sys.stderr)
        measured[peer.name] = measure(peer, task, options.runs, options.timeout)
    row = Row(task.id, measured)
    row.judge()
    return row
