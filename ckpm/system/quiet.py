"""The environment in which a program is asked for its version: what the user's would make it say.

Removed is what makes a tool load, run or print something of its own before its first line, or go
another way than without it. Kept is what tools of sites and modules need to run at all
(``LD_LIBRARY_PATH``), and ``HOME``, though some write there: without it, what pip, gem, juliaup or
rustup put below it does not start.
"""

from __future__ import annotations

from collections.abc import Mapping

_REMOVED = frozenset(
    (
        "BASH_ENV",
        "BASHOPTS",
        "CCC_OVERRIDE_OPTIONS",  # clang prints what it makes of it.
        "COLUMNS",  # argparse breaks lines by it.
        "ENV",
        "GCC_EXEC_PREFIX",
        "GREP_OPTIONS",
        "JAVA_TOOL_OPTIONS",  # Java prints these three, and a port to debug at is taken twice.
        "JDK_JAVA_OPTIONS",
        "_JAVA_OPTIONS",
        "LANGUAGE",
        "NODE_OPTIONS",
        "PERL5DB",
        "PERL5OPT",
        "PS4",
        "RUBYOPT",
        "RUST_LOG",
        "SHELLOPTS",
    )
)
# `LD_DEBUG` and `LD_TRACE_LOADED_OBJECTS` print; make hands down a job server that is not there.
_REMOVED_BEGINNINGS = (
    "BASH_FUNC_",
    "DYLD_INSERT_",
    "DYLD_PRINT_",
    "GIT_TRACE",
    "GNUMAKE",
    "LD_AUDIT",
    "LD_BIND_",
    "LD_DEBUG",
    "LD_PRELOAD",
    "LD_PROFILE",
    "LD_TRACE_",
    "MAKE",
    "MFLAGS",
    "NODE_V8_",
    "PYTHON",
)
# In English, plainly, and without leaving compiled files beside the tools, which root could write.
_SET = {"LC_ALL": "C", "LANG": "C", "TERM": "dumb", "PYTHONDONTWRITEBYTECODE": "1"}


def quiet_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables to ask a tool with, out of the user's."""
    kept = {
        name: value
        for name, value in environ.items()
        if name not in _REMOVED and not name.startswith(_REMOVED_BEGINNINGS)
    }
    return {**kept, **_SET}
