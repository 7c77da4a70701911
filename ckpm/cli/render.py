"""Draw plans, resolutions and trees as text."""

from __future__ import annotations

from collections.abc import Iterator

from ckpm.cli.columns import size, table
from ckpm.model.plan import FetchStep, GenerationStep, PackageStep, Plan, PythonStep, Step
from ckpm.model.resolution import Candidate, Choice, Resolution
from ckpm.model.scopes import scope_text


def resolution_table(resolution: Resolution) -> str:
    """Return the chosen packages, one a line."""
    rows = [
        (
            candidate.package,
            str(candidate.version),
            " ".join(f"{name}={value}" for name, value in candidate.options),
            origin(candidate),
            scope_text(candidate.scope),
        )
        for candidate in resolution
    ]
    return table(rows, ("package", "version", "options", "from", ""))


def origin(candidate: Candidate) -> str:
    """Say where a candidate comes from."""
    if candidate.installation is not None:
        return f"detected at {candidate.installation.executable}"
    return "the target" if candidate.source is None else candidate.source.method


def plan_text(plan: Plan) -> str:
    """Return what a plan will do, its bytes and builds, one step a line."""
    lines = [line for step in plan.steps for line in _step_lines(step, plan)]
    lines += [f"note: {note}" for note in dict.fromkeys(plan.notes)]
    lines.append(f"total: {size(plan.fetch_bytes)} to fetch")
    return "\n".join(lines) + "\n"


def _step_lines(step: Step, plan: Plan) -> Iterator[str]:
    match step:
        case FetchStep():
            yield _fetch_line(step)
        case PythonStep(closure=closure):
            count = f"{len(closure.distributions)} Python packages for {step.owner}"
            state = (
                " (here)"
                if step.present
                else f", {size(closure.size_bytes)} when nothing is cached"
            )
            yield f"python   {count}{state}, for Python {closure.python}{_whose(step, plan)}"
        case PackageStep():
            yield f"{step.verb:<8} {step.package.title}{' (here)' if step.present else ''}"
        case GenerationStep():
            yield f"environ  {step.environment} for {step.target}"


def _whose(step: PythonStep, plan: Plan) -> str:
    if step.directory is None and plan.is_foreign:
        return f", which {plan.target} has"
    return "" if step.python.startswith("/") else ", which uv fetches unless it has it"


def _fetch_line(step: FetchStep) -> str:
    artifact = step.artifact
    strongest = artifact.strongest
    digest = f"{strongest.algorithm} {strongest.value[:12]}…" if strongest else "UNVERIFIED"
    if strongest and strongest.is_weak:
        digest += " (weak)"
    where = f"{artifact.registry}: {artifact.reference}" if artifact.registry else artifact.urls[0]
    state = "here" if step.present else size(artifact.size)
    return f"fetch    {artifact.name} ({state}, {digest})\n         {where}"


def tree_text(resolution: Resolution) -> str:
    """Return the chosen packages as a tree from the requirements."""
    choices = {id(choice.candidate): choice for choice in resolution.choices}
    by_name = {(str(c.candidate), c.candidate.scope): c for c in resolution.choices}
    wanted = {requirement.package for requirement in resolution.requirements}
    roots = [
        choice
        for choice in resolution.choices
        if not choice.candidate.scope
        and any(r in resolution.requirements for r in choice.wanted_by)
    ]
    seen: set[int] = set()
    lines: list[str] = []
    for root in roots or [c for c in resolution.choices if c.candidate.package in wanted]:
        lines += _branch(root, choices, by_name, seen, "", "")
    return "\n".join(lines) + "\n"


def _branch(
    choice: Choice,
    choices: dict[int, Choice],
    by_name: dict[tuple[str, str], Choice],
    seen: set[int],
    indent: str,
    mark: str,
) -> list[str]:
    candidate = choice.candidate
    again = id(candidate) in seen and bool(choice.needs)
    seen.add(id(candidate))
    lines = [f"{indent}{mark}{candidate} ({candidate.origin}){' …' if again else ''}"]
    if again:
        return lines
    deeper = indent + ("" if not mark else "   " if mark.startswith("└") else "│  ")
    for position, (requirement, chosen) in enumerate(choice.needs):
        last = position == len(choice.needs) - 1
        child = choices.get(id(chosen)) or by_name[str(chosen), chosen.scope]
        virtual = "" if requirement.package == chosen.package else f"{requirement} = "
        tool = "[tool] " if chosen.scope != candidate.scope else ""
        sign = ("└─ " if last else "├─ ") + tool + virtual
        lines += _branch(child, choices, by_name, seen, deeper, sign)
    return lines
