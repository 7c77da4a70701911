"""Read the machine's own small files, and ask the few programs that know what no file tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ckpm.detect.cache import ProbeCache
from ckpm.model.facts import Fact
from ckpm.system.host import Host


def read_text(host: Host, path: str) -> str:
    """Read a file of the kernel or the system; nothing where there is none."""
    return host.read(path).decode("utf-8", "replace").strip("\0 \n")


def told(name: str, value: str, source: str) -> Iterator[Fact]:
    """Yield a fact, if there is one."""
    if value:
        yield Fact(name, value, source)


class Asking:
    """Asks programs, and remembers what they said."""

    def __init__(self, host: Host, cache: ProbeCache) -> None:
        self.host = host
        self.cache = cache

    def ask(self, argv: Sequence[str], holds: Callable[[str], bool] = bool) -> str:
        """Return what a program prints; nothing when it is missing or fails.

        What is remembered counts while it ``holds``: a fingerprint tells of a new program, not of a
        new device.
        """
        program, args = argv[0], tuple(argv[1:])
        status = self.host.inspect(program)
        if status is None or not status.is_program:
            return ""
        known = self.cache.answer(status, args)
        if known is None or not holds(known.output):
            known = self.host.probe(argv)
            self.cache.remember(status, args, known)
        return known.output if known.returncode == 0 else ""
