"""Errors as people and programs read them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from ckpm.errors import CkpmError, UnsatisfiableError

DOCUMENT_FORMAT = "ckpm/1"


def report_failure(error: CkpmError, arguments: Sequence[str], *, as_json: bool) -> int:
    """Write an error to stderr (and as the one JSON document to stdout); return its exit code."""
    if as_json:
        document = {
            "format": DOCUMENT_FORMAT,
            "command": arguments[0] if arguments else "",
            "ok": False,
            "error": {
                "kind": error.kind,
                "message": error.message,
                "hints": list(error.hints),
                "exit_code": error.exit_code,
                **_details(error),
            },
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        sys.stderr.write(f"error: {harmless(error.message)}\n")
        sys.stderr.writelines(f"hint: {harmless(hint)}\n" for hint in error.hints)
    return error.exit_code


def harmless(text: str) -> str:
    """Return a text with nothing in it that a terminal acts on, but for its line breaks."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in text
    )


def _details(error: CkpmError) -> dict[str, object]:
    return {"explanation": explanation(error)} if isinstance(error, UnsatisfiableError) else {}


def explanation(error: UnsatisfiableError) -> dict[str, object]:
    """Return why there is no answer, as plain data."""
    return {
        "lines": list(error.lines),
        "conflict": list(error.conflict),
        "remedies": [remedy.plain() for remedy in error.remedies],
    }
