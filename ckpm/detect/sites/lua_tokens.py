"""Words of Lua, and the texts that they stand for (the rules: Lua's manual, section 3.1)."""

from __future__ import annotations

import re

from ckpm.detect.sites.effects import NotUnderstoodError

_TOKEN = re.compile(
    r"""
    (?: \s+ | --(?!\[=*\[)[^\n]* | --\[(?P<comment>=*)\[[\s\S]*?\](?P=comment)\] )*
    (?: (?P<name>[A-Za-z_]\w*)
      | (?P<string>"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*')
      | \[(?P<level>=*)\[(?P<long>[\s\S]*?)\](?P=level)\]
      | (?P<number>\d+(?:\.\d+)?)(?![\w.])
      | (?P<mark>\.\.(?!\.)|[=~<>]=|[(){}=,;.:<>])
      | (?P<eof>\Z)
      | (?P<bad>.)[\s\S]*  # or else an open bracket would be looked for again and again
    )""",
    re.ASCII | re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "b": "\b"}
_ESCAPES |= {letter: letter for letter in "\\\"'"}


class Words:
    """The words of a text, one after the other; behind the last there are only ends."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._matches = list(_TOKEN.finditer(text))
        self.kinds = [match.lastgroup or "" for match in self._matches] + ["eof", "eof"]
        self.texts = [match[match.lastindex or 0] for match in self._matches] + ["", ""]
        self.place = 0
        if "bad" in self.kinds:
            self.place = self.kinds.index("bad")
            character = self.texts[self.place]
            raise NotUnderstoodError(f"the character `{character}`", self.line(self.place))

    @property
    def kind(self) -> str:
        return self.kinds[self.place]

    @property
    def text(self) -> str:
        return self.texts[self.place]

    def line(self, place: int) -> int:
        """Return the line, from 1, of the word at a place."""
        found = self._matches[min(place, len(self._matches) - 1)]
        return self._text.count("\n", 0, found.start(found.lastgroup or 0)) + 1

    def take(self) -> str:
        """Step over a word and return it."""
        text = self.texts[self.place]
        if self.place < len(self._matches):
            self.place += 1
        return text

    def take_text(self) -> str:
        """Step over a string and return what it stands for."""
        kind = self.kinds[self.place]
        return unquoted(kind, self.take())

    def accept(self, *texts: str) -> str:
        """Step over one of these names or marks, if one is next."""
        place = self.place
        if self.texts[place] in texts and self.kinds[place] in ("name", "mark"):
            self.place += 1
            return self.texts[place]
        return ""

    def expect(self, text: str) -> None:
        """Step over a name or mark that has to be there."""
        if not self.accept(text):
            raise NotUnderstoodError(f"`{self.text[:40]}` where `{text}` was expected")


def unquoted(kind: str, text: str) -> str:
    """Return the text that a string stands for."""
    if kind == "long":
        # The first line break is not part of it.
        return text.replace("\r\n", "\n").removeprefix("\n")
    inside = text[1:-1]
    return _ESCAPE.sub(_unescaped, inside) if "\\" in inside else inside


def _unescaped(match: re.Match[str]) -> str:
    if match[1] not in _ESCAPES:
        raise NotUnderstoodError(f"the escape `{match[0]}`")
    return _ESCAPES[match[1]]
