"""Take out of a text what must not leave a machine: homes, names, addresses and secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

MASKED = "masked"
HOME = "/home/user"

_SECRET_NAME = re.compile(r"(?i)token|secret|passw|credential|cookie|api_?key|private_?key|auth")
# Names that are about secrets, with what stands behind them; and who logs in to an address.
_ASSIGNED = re.compile(
    r"""(?i)((?:token|secret|passw(?:or)?d|api[_-]?key|credentials?)["']?\s*[=:]\s*["']?)[^\s"']+"""
)
_LOGIN = re.compile(r"(?<=://)[^/\s@]+(?=@)")
_MAIL = re.compile(rf"\b(?!{MASKED}@)[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{{2,}}\b")
# Machines' own first names are words of other things too.
_COMMON_NAMES = frozenset(("localhost", "host", "root", "user", "linux", "debian", "ubuntu"))


class Mask:
    """Masks texts of one machine; the same text always becomes the same."""

    def __init__(self, environ: Mapping[str, str], machine_name: str | None = None) -> None:
        home = environ.get("HOME", "").rstrip("/")
        user = environ.get("USER") or environ.get("LOGNAME") or home.rpartition("/")[2]
        name = os.uname().nodename if machine_name is None else machine_name
        self._words = [
            re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w-])")
            for word in (name, user)
            if len(word) > 2 and word.lower() not in _COMMON_NAMES
        ]
        self._home = re.compile(rf"{re.escape(home)}(?![\w.-])") if home.count("/") > 1 else None

    def text(self, text: str) -> str:
        """Return the text without what is private."""
        if self._home is not None:
            text = self._home.sub(HOME, text)
        text = _LOGIN.sub(MASKED, _ASSIGNED.sub(rf"\1{MASKED}", text))
        text = _MAIL.sub("someone@example.org", text)
        for word in self._words:
            text = word.sub(MASKED, text)
        return text

    def variable(self, name: str, value: str) -> str:
        """Return a variable's value, or no more than that it has one."""
        return MASKED if _SECRET_NAME.search(name) else self.text(value)

    def everything(self, value: Any) -> Any:  # noqa: ANN401 - plain lists, mappings and texts
        """Mask every text in plain lists and mappings, keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(key): self.everything(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.everything(item) for item in value]
        return value
