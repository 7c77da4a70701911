"""Hostile tools, written to a directory, which leave a trace when they are started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parents[1] / "cases" / "hostile"
# Variables that would make honest tools load or print something else.
NOISE = {
    "JAVA_TOOL_OPTIONS": "-Dtool=9.9",
    "LD_PRELOAD": "/tool-9.9.so",
    "PYTHONPATH": "/tool-9.9",
    "PERL5OPT": "-tool-9.9",
    "RUBYOPT": "-tool-9.9",
    "NODE_OPTIONS": "--tool-9.9",
    "MAKEFLAGS": "tool-9.9",
    "ENV": "/tool-9.9",
    "LC_ALL": "de_DE.UTF-8",
    "LANGUAGE": "de",
}


@dataclass(frozen=True)
class Tool:
    """One of them: how it is made, and what should be made of it.

    ``version`` is what it proves, ``behind`` what stands further back on the path in its place. A
    probe of it alone has this ``fault`` (its beginning) or else this ``code``, and ``prints`` this.
    """

    name: str
    file: str
    made: Mapping[str, Any]
    version: str | None = None
    behind: str | None = None
    fault: str | None = None
    code: int | None = None
    prints: str | None = None

    @property
    def starts(self) -> bool:
        return not self.made.keys().isdisjoint({"does", "python"})

    @property
    def is_bomb(self) -> bool:
        return self.fault == "started too many processes"

    @property
    def is_asked(self) -> bool:
        """Whether probing it alone says anything."""
        return self.starts or self.fault is not None or self.code is not None

    @property
    def is_reported(self) -> bool:
        """Whether a scan warns of it: it was run, went wrong and proved nothing, or cannot fit."""
        went_wrong = self.fault is not None or self.code is not None
        is_run = self.starts or ("bytes" in self.made and "mode" not in self.made)
        return "skipped" in self.made or (is_run and went_wrong and self.version is None)


def tools() -> list[Tool]:
    """Return all of them, by file and then in order."""
    return [
        _tool({"file": file.stem, **document})
        for file in sorted(CASES.glob("*.yaml"))
        for document in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    ]


def _tool(document: dict[str, Any]) -> Tool:
    said = {name: document.pop(name, None) for name in ("version", "behind", "fault", "prints")}
    code = document.pop("code", None)
    name, file = document.pop("tool"), document.pop("file")
    return Tool(name, file, document, code=code and int(code), **said)


class Farm:
    """A directory of tools, and the machine that they are let loose on.

    ``bin`` comes first on the path, ``behind`` last. Between stand entries that nothing may be run
    from: where we are, relative ones, and one that anybody can write to.
    """

    def __init__(self, root: Path, tools: Sequence[Tool]) -> None:
        # What a process that was left behind has in its variables or its arguments.
        self.token = f"{os.getpid()}{time.time_ns()}"
        self.root = root / f"farm-{self.token}"
        for name in ("bin", "behind", "started", "scratch", "here/relative", "public", "shut"):
            (self.root / name).mkdir(parents=True)
        self.tools = tools
        for tool in tools:
            self._write(tool)
        for trap in ("here", "here/relative", "public"):
            self._write_program(self.root / trap / "trap", "sh", "echo tool 6.6")
        (self.root / "public").chmod(0o1777)
        (self.root / "shut").chmod(0)
        (self.root / "environ.json").write_text(json.dumps(self.environ), encoding="utf-8")

    @property
    def environ(self) -> dict[str, str]:
        places = [f"{self.root}/{name}" for name in ("bin", "bin/", "shut", "public", "behind")]
        path = ":".join(["", ".", "relative", *places, *os.defpath.split(":")])
        forever = f"600.{self.token}"
        scratch = str(self.root / "scratch")
        own = {"PATH": path, "TMPDIR": scratch, "FARM": str(self.root), "FOREVER": forever}
        return {**NOISE, **own}

    def scan(self, *, terminal: int = subprocess.DEVNULL) -> dict[str, Any]:
        """Scan all in a process of its own, on a terminal if there is one; see ``scan.py``."""
        names = [*(tool.name for tool in self.tools), "trap"]
        tests = Path(__file__).parents[1]
        subprocess.run(
            [sys.executable, str(Path(__file__).with_name("scan.py")), str(self.root), *names],
            env={"PYTHONPATH": str(tests.parent), "TMPDIR": str(self.root / "scratch")},
            stdin=terminal,
            stdout=terminal,
            stderr=None if terminal == subprocess.DEVNULL else terminal,
            timeout=120,
            check=True,
        )
        result: dict[str, Any] = json.loads((self.root / "result.json").read_text(encoding="utf-8"))
        return result

    def path(self, tool: Tool) -> str:
        return str(self.root / "bin" / tool.name)

    def started(self) -> set[str]:
        """Return who has been started since this was last asked."""
        traces = list((self.root / "started").iterdir())
        for trace in traces:
            trace.unlink()
        return {trace.name for trace in traces}

    def running(self) -> list[str]:
        """Return the processes that are left, waiting a little for those that are being killed."""
        until = time.monotonic() + 3
        while (left := self._running()) and time.monotonic() < until:
            time.sleep(0.02)
        return left

    def _running(self) -> list[str]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                arguments = (process / "cmdline").read_bytes()
                if self.token.encode() in arguments + (process / "environ").read_bytes():
                    found.append(f"{process.name} {arguments!r}")
        return found

    def _write(self, tool: Tool) -> None:
        path = self.root / "bin" / tool.name
        if tool.behind:
            self._write_program(self.root / "behind" / tool.name, "sh", f"echo tool {tool.behind}")
        if "link" in tool.made:
            path.symlink_to(tool.made["link"])
        elif "fifo" in tool.made:
            os.mkfifo(path, 0o755)
        elif "bytes" in tool.made:
            path.write_bytes(tool.made["bytes"].encode("latin-1"))
            path.chmod(int(tool.made.get("mode", "0o755"), 8))
        else:
            kind = "python" if "python" in tool.made else "sh"
            self._write_program(path, kind, tool.made.get("python") or tool.made["does"])

    def _write_program(self, path: Path, kind: str, body: str) -> None:
        trace = f"started/{path.parent.name}-{path.name}"
        if kind == "sh":
            first = f'#!/bin/sh\n{{ echo >"$FARM/{trace}"; }} 2>/dev/null\n'
        else:
            touch = f'open(os.environ["FARM"] + "/{trace}", "w").close()'
            first = f"#!{sys.executable} -IS\nimport os, sys, time\n{touch}\n"
        path.write_text(first + body + "\n", encoding="utf-8")
        path.chmod(0o755)
