"""Ask a program that nobody vouches for to print its version, and survive whatever it does.

``subprocess.run(timeout=…)`` will not do: a background child that keeps the pipe open makes it time
out and lose what was printed, and a tool that floods the pipe is buffered without bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a tool printed on both streams, as plain text, and what went wrong, as a clause.

    ``output`` counts even with a ``fault``: some tools print their version and then hang.
    """

    output: str
    returncode: int | None = None
    fault: str | None = None


def probe(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    timeout_s: float = 5,
    output_limit: int = 65536,
) -> ProbeResult:
    """Run a tool in an empty directory, without input, and kill it with all that it started.

    Never raises for a broken tool. Output past ``output_limit`` bytes is not waited for. Waits for
    its turn while too many others work; the time of the tool runs from its start.
    """
    # A scan that remembers everything runs nothing, and needs none of these.
    from ckpm.system.confinement import confined
    from ckpm.system.quiet import quiet_environment
    from ckpm.system.startable import objection
    from ckpm.system.turns import Turn
    from ckpm.system.watch import is_abandoned, watched

    fault = objection(argv[0])
    if fault:
        return ProbeResult("", fault=f"cannot be run: {fault}")
    turn = Turn()
    try:
        if is_abandoned():
            return ProbeResult("", fault="was not waited for")
        with confined(argv, quiet_environment(environ)) as tool:
            return watched(tool, turn, timeout_s, output_limit)
    except OSError as error:
        return ProbeResult("", fault=f"cannot be run: {error.strerror}")
    finally:
        turn.end()
