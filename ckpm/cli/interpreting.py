"""Have the target's Python here, for a Python part that is run here: found, or fetched by uv."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ckpm.cli.context import Context
from ckpm.errors import BuildError, NotFoundError
from ckpm.install.foreign_python import minor_version
from ckpm.model.platform import Platform
from ckpm.model.refusals import UnreachableError
from ckpm.model.request import Prepared
from ckpm.model.workflow import Workflow
from ckpm.run.emulation import ELSEWHERE, find_emulator, require_loader, with_named_root
from ckpm.run.interpreters import find_interpreter, minors_of


def target_python(
    context: Context, prepared: Prepared, workflow: Workflow, part: Path | None = None
) -> Path | None:
    """Return the interpreter of a foreign target that a Python part is for; ``None`` without one.

    The directories that stand in for the target's own are asked first, the one of
    ``QEMU_LD_PREFIX`` before all. uv is asked where a step starts Python, or a program of the
    Python ``part``; a workflow of other programs runs without.

    Raises:
        NotFoundError: when a step cannot be started: nothing has Python, or nothing here runs it.
    """
    target, environ = context.target, context.session.environ
    closure = prepared.locked.closure()
    if closure is None or target.name == context.session.native.name:
        return None
    here = with_named_root(target, environ)
    roots = [Path(root) for root in here.sysroots]
    found = find_interpreter(roots, minor_version(closure.python))
    if not _starts_python(workflow, part):
        return found
    find_emulator(target, environ)
    if target.os != "linux":
        raise NotFoundError(f"Python for {target} cannot be run here", hints=[ELSEWHERE])
    program = found or _fetched(context, closure.python, roots)
    require_loader(program, here)
    return program


def _starts_python(workflow: Workflow, part: Path | None) -> bool:
    names = {step.run[0] for step in workflow.steps}
    own = {path.name for path in (part / "bin").glob("*")} if part else set()
    return bool(names & own) or any(re.fullmatch(r"python[\d.]*", name) for name in names)


def _fetched(context: Context, python: str, roots: Sequence[Path]) -> Path:
    from ckpm.system.uv_pythons import UvPythons

    session, target = context.session, context.target
    uv = session.registries.uv
    fetcher = UvPythons(uv.environ, uv.cache, uv.indexes, uv.offline)
    directory = session.store.root / "cache" / "pythons"
    version = fetcher.offered(python, target)
    if version is None:
        raise _missing(target, python, roots, f"uv knows no Python {python} for {target}")
    if not fetcher.place(version, target, directory).exists():
        context.say(f"fetching Python {version} for {target}, to start the programs here")
    try:
        return fetcher.bring(version, target, directory)
    except (UnreachableError, BuildError) as error:
        raise _missing(target, python, roots, error.message) from error


def _missing(target: Platform, python: str, roots: Sequence[Path], why: str) -> NotFoundError:
    others = [
        f"{root} has Python {other}: `--target {target}:python={other}`"
        for root in roots
        for other in minors_of(root)
    ]
    return NotFoundError(
        f"to run here, this takes Python {minor_version(python)} for {target}, which is not here",
        hints=[
            f"looked in: {', '.join(map(str, roots))}; and {why}",
            *others,
            f"name a directory with it and with {target.loader}: `QEMU_LD_PREFIX=DIR ckpm run …`",
            f"or {ELSEWHERE}",
        ],
    )
