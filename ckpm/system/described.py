"""A host that exists only as a document: a machine described for a test, or a recorded one."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Mapping, Sequence

from ckpm.model.machine import Answer, Machine, MachineFile
from ckpm.model.platform import Platform
from ckpm.system.host import FileStatus
from ckpm.system.probe import ProbeResult

_ABSENT = MachineFile()
_MODES = {"directory": 0o040755, "executable": 0o100755, "setuid": 0o104755, "file": 0o100644}
_WRITABLE = 0o002
_MAX_LINKS = 40  # as Linux


class DescribedHost:
    """The files, variables and answers of a described machine, seen as a `Host`."""

    def __init__(self, machine: Machine, platform: Platform) -> None:
        self.environ: Mapping[str, str] = machine.environ
        self.platform = platform
        self._machine = machine
        self._files = machine.files
        self._nodes: dict[str, set[str]] = {"/": set()}
        for path in machine.files:
            self._add(path)
        for directory, names in machine.directories.items():
            self._add(f"{directory}/.")
            self._nodes.setdefault(directory, set()).update(names)
        self._inodes = {
            path: number for number, path in enumerate([*self._nodes, *self._files], start=2)
        }

    def _add(self, path: str) -> None:
        parent, name = posixpath.split(path)
        if self._files.get(path, _ABSENT).kind == "directory":
            self._nodes.setdefault(path, set())
        known = self._nodes.setdefault(parent, set())
        if name != ".":
            known.add(name)
        if parent not in ("/", path):
            self._add(parent)

    def names(self, directory: str) -> Sequence[str]:
        return sorted(self._nodes.get(self._real(directory) or "", ()))

    def inspect(self, path: str) -> FileStatus | None:
        real = self._real(path)
        if real is None:
            return None
        file = self._files.get(real, _ABSENT)
        inode = self._inodes.get(file.same or real, hash(real))
        size = len(file.content) if file.size is None else file.size
        return FileStatus(real, self._mode(real, file), 1, inode, size, 0)

    def _mode(self, real: str, file: MachineFile) -> int:
        kind = "directory" if real in self._nodes else file.kind
        if kind == "file" and file.is_program:
            kind = "executable"
        return _MODES[kind] | (_WRITABLE if file.is_writable else 0)

    def read(self, path: str, limit: int = 65536) -> bytes:
        return self._files.get(self._real(path) or "", _ABSENT).content[:limit]

    def digest(self, path: str, algorithm: str) -> str | None:
        file = self._files.get(self._real(path) or "")
        if file is None:
            return None
        return file.digests.get(algorithm) or hashlib.new(algorithm, file.content).hexdigest()

    def registry(self, key: str) -> str | None:
        return self._machine.registry.get(key)

    def probe(self, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> ProbeResult:
        """Answer as the program did; one that was never asked this says so."""
        file = self._files.get(self._real(argv[0]) or "", _ABSENT)
        answer = file.answers.get(" ".join(argv[1:]), file.answer)
        if answer is None:
            answer = Answer(fault="was not asked this when the machine was recorded")
        return ProbeResult(answer.output, None if answer.fault else answer.exit, answer.fault)

    def _real(self, path: str, steps: Iterator[int] | None = None) -> str | None:
        """Follow links, in every component; ``None`` where nothing is, or too many lead there."""
        steps = steps or iter(range(_MAX_LINKS))
        found = path[: path.find("/") + 1] or "/"
        for component in path.removeprefix(found).split("/"):
            found = posixpath.normpath(posixpath.join(found, component))
            link = self._files.get(found, _ABSENT).link
            if link is not None:
                target = posixpath.join(posixpath.dirname(found), link)
                real = None if next(steps, None) is None else self._real(target, steps)
                if real is None:
                    return None
                found = real
        return found if self._exists(found) else None

    def _exists(self, path: str) -> bool:
        if path in self._files or path in self._nodes:
            return True
        parent, name = posixpath.split(path)
        return name in self._nodes.get(parent, ())
