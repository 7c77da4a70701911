"""The npm registry, through the npm client and its configuration.

Of what the shell around says to npm and to Node, only who and where the registry is, and the way to
it, is handed on. All other variables are: a person's ``.npmrc`` may speak of any.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ckpm.errors import DownloadError
from ckpm.model.refusals import UnreachableError
from ckpm.system.process import run_captured

TIMEOUT_S = 600
_NETWORK_CODES = (
    "ENOTFOUND",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ECONNRESET",
    "ENETUNREACH",
)
_NODES = ("NODE_OPTIONS", "NODE_PATH", "NODE_DEBUG*", "NODE_REPL_*", "NODE_V8_*")
_KEPT = (
    "*registry", "//*", "_auth*", "_password", "ca", "cache", "cafile", "cert", "email", "fetch_*",
    "globalconfig", "https_proxy", "key", "local_address", "maxsockets", "noproxy", "otp", "prefix",
    "proxy", "strict_ssl", "userconfig", "username",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NpmClient:
    """One npm client: ``command`` is how to start it."""

    command: tuple[str, ...]
    environ: Mapping[str, str]

    def pack(self, reference: str, directory: Path) -> Path:
        """Fetch the tarball of ``name==version`` into a directory; nothing of it is run.

        Raises:
            UnreachableError: when the registry cannot be reached.
            DownloadError: when it has no such package.
        """
        arguments = ["pack", npm_reference(reference), "--ignore-scripts", "--json"]
        answer = self._ask([*arguments, "--pack-destination", str(directory)])
        files = sorted(directory.glob("*.tgz"))
        if not files:
            raise DownloadError(f"npm packed nothing for `{reference}`: {answer[:200]}")
        return files[0]

    def _ask(self, arguments: Sequence[str]) -> str:
        environ = {name: value for name, value in self.environ.items() if _reaches_npm(name)}
        done = run_captured([*self.command, *arguments], environ=environ, timeout_s=TIMEOUT_S)
        if done.returncode == 0:
            return done.stdout
        fault = _fault(done.stdout) or done.stderr.strip()[-300:]
        kind = UnreachableError if any(code in fault for code in _NETWORK_CODES) else DownloadError
        raise kind(f"npm says: {fault}")


def _reaches_npm(name: str) -> bool:
    plain = name.lower().replace("-", "_")
    if plain.startswith("npm_config_"):
        setting = plain.removeprefix("npm_config_")
        return any(fnmatchcase(setting, kept) for kept in _KEPT)
    return not any(fnmatchcase(name, node) for node in _NODES)


def npm_reference(reference: str) -> str:
    """Turn ``@scope/name==1.0`` into what npm reads."""
    return reference.replace("==", "@")


def _fault(output: str) -> str:
    try:
        error = json.loads(output)["error"]
        return f"{error.get('code')}: {error.get('summary')}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
