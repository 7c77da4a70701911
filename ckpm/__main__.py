"""``ckpm`` and ``python -m ckpm``."""

from __future__ import annotations

import os
import site
import sys


def main() -> int:
    """Run the command line; the fast path answers without the rest of the program."""
    named = os.environ.get("PYTHONPATH")  # noqa: TID251
    if named:
        _import_none_from({os.path.abspath(entry) for entry in named.split(os.pathsep)})  # noqa: PTH100
    from ckpm.cli.fast import answer

    code = answer(sys.argv[1:])
    if code is not None:
        return code
    from ckpm.cli.app import run

    return run(sys.argv[1:])


def _import_none_from(directories: set[str]) -> None:
    """Have what the shell around names decide nothing of what ckpm imports.

    Where ckpm itself is in one of them, as after ``pip install --target``, what it needs may be in
    any, and they come last.
    """
    library = os.path.dirname(os.__file__)  # noqa: PTH120
    pythons = {library, f"{library}/lib-dynload", *site.getsitepackages(), site.USER_SITE}
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    others = [entry for entry in sys.path if entry in directories and entry not in pythons]
    kept = [entry for entry in sys.path if entry not in others]
    sys.path[:] = [*kept, *(others if home in others else [])]


if __name__ == "__main__":
    if not sys.flags.safe_path:
        _import_none_from({sys.path[0]})  # the working directory
    sys.exit(main())
