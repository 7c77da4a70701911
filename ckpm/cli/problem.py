"""``ckpm resolve --problem``: a question that a file describes whole."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ckpm.cli.columns import table
from ckpm.cli.context import Context
from ckpm.cli.failure import explanation
from ckpm.errors import ContentError, NotFoundError, UnsatisfiableError, UsageError
from ckpm.model.resolution import Candidate, Choice, Resolution
from ckpm.recipe.questions import parse_question
from ckpm.resolve import answer_question

FORMAT = "ckpm-answer/1"


def solve(options: argparse.Namespace, context: Context) -> int:
    """Answer a problem file; the document of ``--json`` is specified in docs/reference."""
    if options.packages:
        raise UsageError("a problem file says itself what is required: name no packages beside it")
    name = "standard input" if options.problem == "-" else options.problem
    question = parse_question(_text(options.problem), name)
    try:
        resolution = answer_question(question, context.session.native, timeout_s=options.timeout)
    except UnsatisfiableError as error:
        if not context.is_json:
            raise
        _write({"satisfiable": False, "explanation": explanation(error)})
        return error.exit_code
    context.print(table(map(_row, resolution), ("package", "version", "options", "")))
    if context.is_json:
        _write({"satisfiable": True, **answer_document(resolution)})
    return 0


def answer_document(resolution: Resolution) -> dict[str, object]:
    """Return an answer as plain data: versions by name, and every choice with its reasons."""
    versions = {c.package: str(c.version) for c in resolution.in_scope()}
    return {"packages": versions, "chosen": [_plain(choice) for choice in resolution.choices]}


def _row(candidate: Candidate) -> tuple[str, ...]:
    options = " ".join(f"{name}={value}" for name, value in candidate.options)
    scope = f"tools of {candidate.scope}" if candidate.scope else ""
    return candidate.package, str(candidate.version), options, scope


def _plain(choice: Choice) -> dict[str, object]:
    return {
        **_named(choice.candidate),
        "wanted_by": [str(requirement) for requirement in choice.wanted_by],
        "needs": [{"requirement": str(r), "chosen": _named(c)} for r, c in choice.needs],
    }


def _named(candidate: Candidate) -> dict[str, object]:
    return {
        "package": candidate.package,
        "version": str(candidate.version),
        "options": dict(candidate.options),
        "scope": candidate.scope,
    }


def _text(source: str) -> str:
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        raise NotFoundError(f"cannot read `{source}`: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ContentError([f"{source}: not UTF-8 text"]) from None


def _write(document: dict[str, object]) -> None:
    sys.stdout.write(json.dumps({"format": FORMAT, **document}, indent=2) + "\n")
