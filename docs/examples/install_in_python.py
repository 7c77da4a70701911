"""Install packages into the user's own environment and run a program inside."""

from __future__ import annotations

from ckpm import Session
from ckpm.model.requirement import parse_requirement
from ckpm.run import environment_for, find_program
from ckpm.system.process import run_captured


class Printer:
    """A reporter: ckpm itself prints nothing."""

    def note(self, text: str) -> None:
        """Say what is happening."""
        print("note:", text)

    def task(self, title: str, total_bytes: int | None = None) -> Printer:
        """Say that a longer piece of work begins."""
        print("task:", title, f"({total_bytes or '?'} bytes)")
        return self

    def advance(self, amount: int) -> None:
        """Take note of progress, in bytes."""

    def done(self) -> None:
        """Take note of the end."""


session = Session(reporter=Printer())
prepared = session.prepare(
    session.place("default"), [parse_requirement("numpy>=2")], target=session.native
)
print("bytes to fetch:", prepared.plan.fetch_bytes)
environment = session.install(prepared)

inside = environment_for(environment.changes, session.environ)
python = find_program("python", inside)
done = run_captured([python, "-c", "import numpy; print(numpy.__version__)"], environ=inside)
print("numpy", done.stdout.strip())
