"""RPM's database is binary, in one of several formats: rpm(8) is asked, once for many files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby

from ckpm.detect.owners.database import UnreadableDatabaseError, undisputed
from ckpm.model.owner import Owner
from ckpm.system.host import Host

_PROGRAMS = ("/usr/bin/rpm", "/bin/rpm")
# Signatures of old packages are no longer accepted on some systems, and their owners still own.
_QUESTION = ("-qf", "--nodigest", "--nosignature", "--qf", r"owner %{NAME} %{EVR}\n")
_OWNER = re.compile(r"(?m)^owner (\S+) (\S+)$")
# A file can have several owners, each with a line that does not name the file. This one has none,
# and what is said of it marks where the answer for the file before it ends.
_MARK = "/proc/self"
_END = re.compile(rf"(?m)^(?:error: )?file {_MARK}(?:: | is not owned ).*$")
# What is wrong with one file begins with its name.
_COMPLAINT = re.compile(r"(?m)^error: (?!file /)(.*)$")
# The length of an answer, and of the mark behind it, beside the name of the file.
_ANSWER_BYTES = 256
_BATCH_BYTES = 32768


def find(host: Host, directory: str, names: frozenset[str]) -> dict[str, Owner]:
    """Return the owners of files by these names.

    Raises `UnreadableDatabaseError` where rpm fails; without rpm there are no owners.
    """
    statuses = ((path, host.inspect(path)) for path in _PROGRAMS)
    program = next((path for path, status in statuses if status and status.is_program), None)
    claims: dict[str, set[Owner]] = {}
    for batch in _batches(sorted(names)) if program else ():
        claims.update(_ask(host, [str(program), "--dbpath", directory], batch))
    return undisputed(claims)


def _batches(names: Sequence[str]) -> Iterator[list[str]]:
    """Divide names so that the answer to each batch stays below what a probe may print."""
    ends = accumulate(len(name) + _ANSWER_BYTES for name in names)
    numbered = groupby(zip(ends, names, strict=True), lambda pair: pair[0] // _BATCH_BYTES)
    yield from ([name for _, name in pairs] for _, pairs in numbered)


def _ask(host: Host, rpm: Sequence[str], names: Sequence[str]) -> dict[str, set[Owner]]:
    marked = [argument for name in names for argument in (name, _MARK)]
    result = host.probe([*rpm, *_QUESTION, *marked])
    *answers, _ = _END.split(result.output)
    fault = result.fault or _fault(result.output, is_complete=len(answers) == len(names))
    if fault:
        raise UnreadableDatabaseError(
            f"`{rpm[0]}` {fault}; it is not known which packages own files"
        )
    pairs = zip(names, answers, strict=True)
    return {name: {Owner("rpm", *each) for each in _OWNER.findall(text)} for name, text in pairs}


def _fault(output: str, *, is_complete: bool) -> str | None:
    complaint = _COMPLAINT.search(output)
    if complaint:
        return f"says `{complaint[1][:100]}`"
    return None if is_complete else "does not answer for each file"
