"""Packages that are found by programs which print their version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from posixpath import basename, join

from ckpm.detect.index import Index, Report
from ckpm.detect.patterns import first_group, occurs
from ckpm.detect.places import abilities_of, fits, prefix_of
from ckpm.detect.probes import Answers, Program
from ckpm.detect.shims import see_through
from ckpm.model.detector import Detector
from ckpm.model.installation import ABILITIES, Installation
from ckpm.model.version import Version
from ckpm.system.host import Host
from ckpm.system.probe import ProbeResult

_VERSION_SUFFIX = re.compile(r"-?\d+(?:\.\d+)*[a-z]?$")


def find_programs(
    host: Host, index: Index, detector: Detector, directories: Iterable[str], report: Report
) -> list[Program]:
    """Return the programs to ask, nearest first, each tool once; shims are seen through."""
    found: dict[tuple[tuple[int, int], str], Program] = {}
    for name in index.matching(detector.executables, directories):
        status = host.inspect(name)
        if status is None or not status.is_program:
            continue
        for path in see_through(host, name, status):
            program = _program(host, path, report)
            if program is not None:
                # clang and clang++ are one file and two tools; python3 and python3.11 are one.
                tool = _VERSION_SUFFIX.sub("", basename(path))
                found.setdefault((program.status.identity, tool), program)
    return list(found.values())


def _program(host: Host, path: str, report: Report) -> Program | None:
    status = host.inspect(path)
    if status is None or not status.is_program:
        return None
    if not fits(host, path):
        report(f"`{path}` is built for another processor")
        return None
    return Program(path, status)


def recognise(
    host: Host, detector: Detector, programs: Iterable[Program], answers: Answers, report: Report
) -> list[Installation]:
    """Return what the programs prove to be there; one prefix and version is one installation."""
    found: dict[tuple[str, str], Installation] = {}
    for program in programs:
        answer = answers.get((program.status.identity, detector.version.args))
        installation = _installation(host, detector, program, answer)
        if installation is None:
            _explain(program, detector, answer, report)
            continue
        key = (installation.prefix, installation.version.text)
        found[key] = _merged(found[key], installation) if key in found else installation
    return list(found.values())


def _installation(
    host: Host, detector: Detector, program: Program, answer: ProbeResult | None
) -> Installation | None:
    real_path = program.status.real_path
    prefix = prefix_of(detector, real_path)
    text = answer.output if answer else _version_file(host, detector, prefix)
    version = first_group(detector.version.pattern, text)
    if version is None or occurs(detector.excludes, text):
        return None
    if not all(host.inspect(join(prefix, file)) for file in detector.files):
        return None
    return Installation(
        detector.package,
        Version(version),
        prefix,
        tuple(dict.fromkeys((program.path, real_path))),
        abilities_of(host, detector, prefix, version),
        detector.options,
        origin=detector.origin,
    )


def _version_file(host: Host, detector: Detector, prefix: str) -> str:
    if detector.version.file is None:
        return ""
    return host.read(join(prefix, detector.version.file)).decode("utf-8", "replace")


def _explain(
    program: Program, detector: Detector, answer: ProbeResult | None, report: Report
) -> None:
    """A tool of another maker is no news; one that is broken is."""
    if answer is None or occurs(detector.excludes, answer.output):
        return
    fault = answer.fault or _failure(answer)
    if fault and first_group(detector.version.pattern, answer.output) is None:
        report(f"`{program.path}` {fault}; it is not taken for `{detector.package}`")


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
