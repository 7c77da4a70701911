"""``ckpm`` and ``python -m ckpm``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; the fast path answers without the rest of the program."""
    from ckpm.cli.fast import answer

    code = answer(sys.argv[1:])
    if code is not None:
        return code
    from ckpm.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
