"""``ckpm doctor``: is this machine fit, and is ckpm itself whole?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from ckpm import __version__
from ckpm.cli.columns import size, table
from ckpm.cli.context import Context, add_common
from ckpm.cli.installations import outline
from ckpm.detect import Search
from ckpm.detect.facts import machine_facts
from ckpm.errors import CkpmError
from ckpm.schema.documents import write_list
from ckpm.system.files import free_bytes, temporary_directory, write_text
from ckpm.system.masking import Mask
from ckpm.system.recording import RecordingHost

EXAMPLES = {
    "doctor": "examples:\n  ckpm doctor\n  ckpm doctor --json\n"
    "  ckpm doctor --record machine.yaml    for a report: what detectors see here\n"
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--record",
        metavar="FILE",
        help="write what detectors asked and were told here, private things masked, and stop",
    )
    add_common(parser, "json", "store", "offline")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Check everything and say what is wrong; fails when something is."""
    if options.record:
        return _record(Path(options.record), context)
    rows = list(_rows(context))
    context.print(table([(("ok" if ok else "BAD"), name, text) for name, ok, text in rows]))
    context.finish([{"check": name, "ok": ok, "about": text} for name, ok, text in rows])
    return 0 if all(ok for _, ok, _ in rows) else 1


def _record(file: Path, context: Context) -> int:
    """Write a case that `ckpm detect --replay` and the tests read."""
    session = context.session
    recording = session.host = RecordingHost(session.host)
    # Who owns a file stands in databases that say too much of a machine.
    found = session.detect(Search(fresh=True, owners=False))
    parts = ("package", "version", "prefix", "abilities", "evidence")
    told = dict(machine_facts(recording).rows())
    case = {
        "machine": recording.document(),
        "found": [outline(each, *parts) for each in found],
        "told": told,
        "reports": list(session.notes),
    }
    write_text(file, write_list([Mask(session.environ).everything(case)]))
    context.say(f"wrote {file}: {len(found)} installations; read it before you send it to anybody")
    return context.finish({"file": str(file), "found": len(found)})


def _rows(context: Context) -> Iterator[tuple[str, bool, str]]:
    session = context.session
    yield "ckpm", True, f"{__version__} on Python {sys.version.split()[0]}"
    yield "machine", True, _machine(context)
    yield _checked("store", lambda: _store(context))
    yield _checked("content", lambda: _content(context))
    yield _checked("pythons", lambda: ", ".join(str(i.version) for i in session.detect(["python"])))
    yield _checked("python index", lambda: _index(context))


def _machine(context: Context) -> str:
    rows = dict(machine_facts(context.session.host, context.facts_cache).rows())
    told = [rows[name] for name in ("system", "processor", "memory") if name in rows]
    return ", ".join([context.session.native.name, *told])


def _checked(name: str, look: Callable[[], str]) -> tuple[str, bool, str]:
    try:
        text = look()
    except CkpmError as error:
        return name, False, error.message
    return name, bool(text), text or "none found"


def _content(context: Context) -> str:
    content = context.session.content
    return f"{len(content.catalog().index)} recipes, {len(content.detectors)} detectors"


def _store(context: Context) -> str:
    root = context.session.store.root
    with temporary_directory(root / "work"):
        return f"{root}, {size(free_bytes(root))} free"


def _index(context: Context) -> str:
    wheels = context.session.registries.index.wheels("numpy")
    return f"numpy has {len({wheel.version for wheel in wheels})} versions there"
