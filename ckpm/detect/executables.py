"""Packages that are found by programs which print their version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ckpm.detect.index import Index
from ckpm.detect.journal import Journal
from ckpm.detect.patterns import occurs, version_in
from ckpm.detect.places import abilities_of, fits, has_file, prefix_of, version_text
from ckpm.detect.probes import Answers, Program
from ckpm.detect.shims import see_through
from ckpm.model.detector import Detector
from ckpm.model.installation import ABILITIES, Installation
from ckpm.model.version import Version
from ckpm.system.host import FileStatus, Host
from ckpm.system.probe import ProbeResult


def find_programs(
    host: Host, index: Index, detector: Detector, directories: Iterable[str], journal: Journal
) -> list[Program]:
    """Return the programs to ask, nearest first, each tool once; shims are seen through."""
    found: dict[tuple[tuple[int, int], str], Program] = {}
    for name in index.matching(detector.executables, directories):
        for program in _behind(host, name, detector.package, journal):
            first = found.setdefault(program.tool, program)
            if first.path != program.path:
                journal.left(detector.package, program.path, f"it is `{first.path}` again")
    return list(found.values())


def _behind(host: Host, name: str, package: str, journal: Journal) -> Iterable[Program]:
    """Yield what runs when ``name`` is run."""
    status = host.inspect(name)
    if status is None or not status.is_program:
        journal.left(package, name, _no_program(status))
        return
    real = see_through(host, name, status)
    if list(real) != [name]:
        shown = ", ".join(f"`{path}`" for path in real) or "what cannot be known"
        journal.left(package, name, f"it only passes calls on to {shown}")
    for path in real:
        if (program := _program(host, path, package, journal)) is not None:
            yield program


def _no_program(status: FileStatus | None) -> str:
    if status is None:
        return "a link that leads nowhere"
    return "it runs as another user" if status.is_set_id else "it cannot be run"


def _program(host: Host, path: str, package: str, journal: Journal) -> Program | None:
    status = host.inspect(path)
    if status is None or not status.is_program:
        journal.left(package, path, _no_program(status))
        return None
    if not fits(host, path):
        journal.warn(f"`{path}` is built for another processor")
        journal.left(package, path, "built for another processor")
        return None
    return Program(path, status)


def text_of_file(host: Host, detector: Detector, program: Program) -> str:
    """Return what stands in the file that tells a program's version; nothing where none does."""
    prefix = prefix_of(detector, program.status.real_path)
    text = version_text(host, detector, prefix, prefix)
    return text if version_in(detector.version.pattern, text) else ""


def recognise(
    host: Host, detector: Detector, programs: Iterable[Program], answers: Answers, journal: Journal
) -> list[Installation]:
    """Return what the programs prove to be there; one prefix and version is one installation."""
    found: dict[tuple[str, str], Installation] = {}
    for program in programs:
        told, answer = text_of_file(host, detector, program), None
        if detector.version.args is not None and not told:
            answer = answers.get((program.tool, detector.version.args))
        text = answer.output if answer else told
        installation = _installation(host, detector, program, answer, text, journal)
        if installation is None:
            _complain(program, detector, answer, journal)
            continue
        key = (installation.prefix, installation.version.text)
        found[key] = _merged(found[key], installation) if key in found else installation
    return list(found.values())


def _installation(
    host: Host,
    detector: Detector,
    program: Program,
    answer: ProbeResult | None,
    text: str,
    journal: Journal,
) -> Installation | None:
    real_path = program.status.real_path
    prefix = prefix_of(detector, real_path)
    version = version_in(detector.version.pattern, text)
    reason = _said(detector, answer, text)
    if version is None or occurs(detector.excludes, text):
        is_broken = answer is not None and answer.fault is not None
        left = reason if is_broken else f"{reason}, which is not its answer"
        journal.left(detector.package, program.path, left)
        return None
    missing = next((file for file in detector.files if not has_file(host, prefix, file)), None)
    if missing is not None:
        journal.left(detector.package, program.path, f"there is no `{prefix}/{missing}`")
        return None
    journal.taken(detector.package, program.path, version, reason)
    return Installation(
        detector.package,
        Version(version),
        prefix,
        tuple(dict.fromkeys((program.path, real_path))),
        abilities_of(host, detector, prefix, version),
        detector.options,
        origin=detector.origin,
    )


def _said(detector: Detector, answer: ProbeResult | None, text: str) -> str:
    """Say what the version was looked for in, by its first line with words."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    shown = f'"{line[:100]}"' if line else "nothing"
    if answer is None:
        return f"`{detector.version.file}` holds {shown}"
    asked = " ".join(detector.version.args or ("no arguments",))
    if answer.fault:
        return f"asked `{asked}`, it {answer.fault}" + (f" and printed {shown}" if line else "")
    return f"`{asked}` prints {shown}"


def _complain(
    program: Program, detector: Detector, answer: ProbeResult | None, journal: Journal
) -> None:
    """A tool of another maker is no news; one that is broken is."""
    if answer is None or occurs(detector.excludes, answer.output):
        return
    fault = answer.fault or _failure(answer)
    if fault and version_in(detector.version.pattern, answer.output) is None:
        journal.warn(f"`{program.path}` {fault}; it is not taken for `{detector.package}`")


def _failure(answer: ProbeResult) -> str | None:
    if not answer.returncode:
        return None
    lines = answer.output.split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "printed nothing")
    return f"ended with code {answer.returncode} ({last[:100]})"


def _merged(first: Installation, other: Installation) -> Installation:
    abilities = {*first.abilities, *other.abilities}
    return replace(
        first,
        evidence=tuple(dict.fromkeys(first.evidence + other.evidence)),
        abilities=tuple(ability for ability in ABILITIES if ability in abilities),
    )
