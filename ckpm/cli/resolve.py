"""``ckpm resolve``, ``tree``, ``why`` and ``why-not``."""

from __future__ import annotations

import argparse
from dataclasses import replace

from ckpm.cli.context import Context, add_common
from ckpm.cli.render import resolution_table, tree_text
from ckpm.cli.request import Request, environment_request
from ckpm.errors import NotFoundError, UnsatisfiableError, UsageError
from ckpm.model.requirement import Requirement, parse_requirement
from ckpm.model.resolution import Candidate, Choice, Resolution
from ckpm.model.scopes import scope_text

EXAMPLES = {
    "resolve": "examples:\n  ckpm resolve tensorflow model-ssd-mobilenet\n"
    "  ckpm resolve tensorflow model-ssd-mobilenet --target android-arm64 --json\n"
    "  ckpm resolve tensorflow --prefer newest --prefer numpy=lowest\n"
    "  ckpm resolve --problem question.json --json     packages that a file describes\n",
    "tree": "examples:\n  ckpm tree\n  ckpm tree tensorflow --target android-arm64\n",
    "why": "examples:\n  ckpm why python\n  ckpm why python --for tensorflow\n",
    "why-not": "examples:\n  ckpm why-not 'numpy<2'\n"
    "  ckpm why-not tensorflow@2.12 --for tensorflow\n",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    if command in ("resolve", "tree"):
        parser.add_argument(
            "packages",
            nargs="*",
            metavar="PACKAGE",
            help="(default: what the environment requires)",
        )
    else:
        parser.add_argument("package", metavar="PACKAGE", help="the package in question")
        parser.add_argument(
            "--for",
            dest="packages",
            nargs="+",
            default=[],
            metavar="REQUEST",
            help="the request to ask about (default: the environment)",
        )
    if command == "resolve":
        parser.add_argument(
            "--problem",
            metavar="FILE",
            help="answer for the packages that a problem file describes (`-`: standard input)",
        )
    add_common(parser, "env", "target", "json", "store", "offline")
    add_common(parser, "prefer", "lowest", "no-detected", "timeout")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    if command == "resolve" and options.problem:
        from ckpm.cli.problem import solve

        return solve(options, context)
    request = _request(options, context)
    if command == "why-not":
        return _why_not(options, context, request)
    resolution = _resolution(context, request)
    match command:
        case "resolve":
            context.print(resolution_table(resolution))
        case "tree":
            context.print(tree_text(resolution))
        case _:
            return _why(options.package, context, resolution)
    notes = list(context.session.notes)
    return context.finish({**resolution_document(resolution), "notes": notes})


def _request(options: argparse.Namespace, context: Context) -> Request:
    request = environment_request(context, options.env)
    if options.packages:
        asked = context.requirements(options.packages)
        request = replace(request, requirements=tuple(dict.fromkeys(asked)))
    if not request.requirements:
        raise UsageError("nothing is asked for", hints=["name packages: `ckpm resolve tensorflow`"])
    return request


def _resolution(context: Context, request: Request) -> Resolution:
    return context.session.resolve(request.requirements, target=context.target, own=request.own)


def _why(package: str, context: Context, resolution: Resolution) -> int:
    choices = [choice for choice in resolution.choices if _is_or_provides(choice, package)]
    if not choices:
        raise NotFoundError(
            f"`{package}` is not chosen here", hints=[f"ask `ckpm why-not {package}`"]
        )
    for choice in choices:
        context.print("\n".join(_why_lines(choice)))
    named = {package, *context.session.content.catalog(()).providers(package)}
    named |= {choice.candidate.package for choice in choices}
    # How to install what is here already answers no question.
    here = {c.candidate.package for c in choices if c.candidate.installation}
    needless = {f"{package} from system" for package in here}
    rejected = [
        rejection
        for rejection in resolution.rejections
        if rejection.package in named and rejection.candidate not in needless
    ]
    for rejection in rejected[:10]:
        context.print(f"  not {rejection.candidate}: {rejection.reason}")
    return context.finish(
        {
            "chosen": [_choice_document(choice) for choice in choices],
            "rejected": [{"candidate": r.candidate, "reason": r.reason} for r in rejected],
        }
    )


def _is_or_provides(choice: Choice, package: str) -> bool:
    """Whether a choice is a package, or was made because it stands in for a virtual one."""
    asked = {choice.candidate.package, *(wanted.package for wanted in choice.wanted_by)}
    return package in asked


def _why_lines(choice: Choice) -> list[str]:
    candidate = choice.candidate
    scope = f" ({scope_text(candidate.scope)})" if candidate.scope else ""
    place = candidate.installation.executable if candidate.installation else candidate.origin
    lines = [f"{candidate} ({place}){scope}, because"]
    lines += [
        f"  {wanted.origin or 'the request'} asks for `{wanted}`" for wanted in choice.wanted_by
    ]
    return lines


def _why_not(options: argparse.Namespace, context: Context, request: Request) -> int:
    asked = parse_requirement(options.package, "the question")
    resolution = _resolution(context, request)
    found = _nearest(resolution, asked)
    if found is not None and found.version in asked.range and asked.accepts(dict(found.options)):
        context.print(f"but it is: {found} is chosen")
        return context.finish({"chosen": str(found)})
    reason = _refusal(context, request, asked)
    context.print(reason)
    return context.finish({"chosen": str(found) if found else None, "reason": reason.splitlines()})


def _nearest(resolution: Resolution, asked: Requirement) -> Candidate | None:
    """Return what is chosen of a package: of several variants, the one that is asked about."""
    chosen = [c for c in resolution.in_scope() if c.package == asked.package]
    able = [c for c in chosen if asked.accepts(dict(c.options))]
    met = [c for c in able if c.version in asked.range]
    return next(iter([*met, *able, *chosen]), None)


def _refusal(context: Context, request: Request, asked: Requirement) -> str:
    """Say why: it cannot be, or something was preferred, or nothing needs it."""
    try:
        possible = context.session.resolve(
            (*request.requirements, asked), target=context.target, own=request.own
        )
    except UnsatisfiableError as error:
        hints = (f"hint: {hint}" for hint in error.hints)
        return "\n".join([f"`{asked}` cannot be chosen:", *error.message.splitlines()[1:], *hints])
    chosen = _nearest(possible, asked)
    return (
        f"`{asked}` could be chosen ({chosen}), but nothing asks for it: another one is preferred"
    )


def resolution_document(resolution: Resolution) -> dict[str, object]:
    """Return a resolution as plain data."""
    return {
        "target": resolution.target.name,
        "facts": dict(resolution.target.facts),
        "requirements": [str(requirement) for requirement in resolution.requirements],
        "packages": [_choice_document(choice) for choice in resolution.choices],
        "rejections": [
            {"package": r.package, "candidate": r.candidate, "reason": r.reason}
            for r in resolution.rejections
        ],
    }


def _choice_document(choice: Choice) -> dict[str, object]:
    candidate = choice.candidate
    return {
        "name": candidate.package,
        "version": str(candidate.version),
        "options": dict(candidate.options),
        "scope": candidate.scope,
        "from": candidate.origin,
        "wanted_by": [{"requirement": str(w), "origin": w.origin} for w in choice.wanted_by],
        "needs": [
            {"requirement": str(need), "chosen": str(chosen)} for need, chosen in choice.needs
        ],
    }
