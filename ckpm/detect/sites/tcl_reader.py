"""Commands and words of Tcl, substituted as they are read (the rules are those of Tcl(n))."""

from __future__ import annotations

import re
from typing import Protocol

from ckpm.detect.sites.effects import NotUnderstoodError

_BETWEEN_COMMANDS = re.compile(r"(?:[ \t\r\f\v\n;]|\\\n|#(?:[^\\\n]|\\[\s\S])*)*")
_BETWEEN_WORDS = re.compile(r"(?:[ \t\r\f\v]|\\\n)*")
_BARE = re.compile(r"[^\s;\\$\[]+")
_BARE_NESTED = re.compile(r"[^\s;\\$\[\]]+")
_PLAIN = re.compile(r'([^\s;"{}$\[\]\\]+)(?=[\s;])|"([^"\\$\[]*)"|\{([^{}\\]*)\}')
_QUOTED = re.compile(r'[^"\\$\[]+')
_BRACE = re.compile(r"[{}]|\\[\s\S]")
_CONTINUED = re.compile(r"(?<!\\)((?:\\\\)*)\\\n[ \t]*")
_VARIABLE = re.compile(
    r"\$(?:\{([^{}]*)\}|(?:::)?(\w+)(?:\(([^()\s$\[\]\\\"{};]*)\))?(?!\(|::))", re.ASCII
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "b": "\b"}
_CONTINUATION = re.compile(r"\\\n[ \t]*")
_CODES = frozenset("01234567xuU")

# The word whose text cannot be known without running something.
UNKNOWN = "\0unknown"


class Interpreter(Protocol):
    """What the words and commands mean."""

    live: bool
    """Whether commands are carried out, or only read past."""

    def value(self, name: str, index: str | None) -> str: ...

    def call(self, words: list[str], reader: Reader) -> str: ...


class Reader:
    """One script, from the first command to the last; ``line`` is where it begins in the file."""

    def __init__(self, text: str, tcl: Interpreter, line: int = 1) -> None:
        self.text = text
        self.tcl = tcl
        self.line = line
        self.position = 0
        self.starts: list[int] = []

    def line_at(self, position: int) -> int:
        return self.line + self.text.count("\n", 0, position)

    def run(self, *, nested: bool = False) -> str:
        """Carry out the commands and return the last result; nested ones end at a bracket."""
        result = ""
        while self._goes_on(nested=nested):
            begin = self.position
            try:
                starts, words = self._words(nested=nested)
                self.starts = starts
                result = self.tcl.call(words, self) if self.tcl.live else ""
            except NotUnderstoodError as error:
                error.line = error.line or self.line_at(begin)
                raise
        return result

    def _goes_on(self, *, nested: bool) -> bool:
        self.position = _end(_BETWEEN_COMMANDS, self.text, self.position)
        if self.position == len(self.text):
            if nested:
                raise NotUnderstoodError("a bracket is not closed")
            return False
        return not (nested and self.text[self.position] == "]")

    def _words(self, *, nested: bool) -> tuple[list[int], list[str]]:
        starts, words, ends = [], [], "\n;]" if nested else "\n;"
        text, size = self.text, len(self.text)
        while self.position < size and text[self.position] not in ends:
            starts.append(self.position)
            words.append(self.word(nested=nested))
            after = _end(_BETWEEN_WORDS, text, self.position)
            if after == self.position < size and text[after] not in ends:
                raise NotUnderstoodError("text follows a closing brace or quote")
            self.position = after
        return starts, words

    def word(self, *, nested: bool = False) -> str:
        plain = _PLAIN.match(self.text, self.position)
        if plain:
            self.position = plain.end()
            return plain[plain.lastindex or 0]
        mark = self.text[self.position]
        if mark == "{":
            return self.braced()
        if mark == '"':
            return self.quoted()
        return self._substituted(_BARE_NESTED if nested else _BARE)

    def braced(self) -> str:
        depth = 0
        for match in _BRACE.finditer(self.text, self.position):
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            if not depth:
                inside = self.text[self.position + 1 : match.start()]
                self.position = match.end()
                return _CONTINUED.sub(r"\1 ", inside)
        raise NotUnderstoodError("a brace is not closed")

    def quoted(self) -> str:
        self.position += 1
        text = self._substituted(_QUOTED, is_quoted=True)
        if self.text[self.position : self.position + 1] != '"':
            raise NotUnderstoodError("a quote is not closed")
        self.position += 1
        return text

    def _substituted(self, chunk: re.Pattern[str], *, is_quoted: bool = False) -> str:
        parts: list[str] = []
        while self.position < len(self.text):
            match = chunk.match(self.text, self.position)
            if match:
                parts.append(match[0])
                self.position = match.end()
                continue
            if not is_quoted and self._continues():
                break
            part = self._part(self.text[self.position])
            if part is None:
                break
            parts.append(part)
        if UNKNOWN in parts and len(parts) > 1:
            raise NotUnderstoodError("text is made of what only running can tell")
        return "".join(parts)

    def _part(self, mark: str) -> str | None:
        if mark == "$":
            return self.variable()
        if mark == "[":
            return self.nested()
        return self._escape() if mark == "\\" else None

    def nested(self) -> str:
        """Carry out what stands in brackets."""
        self.position += 1
        starts, result = self.starts, self.run(nested=True)
        self.starts = starts
        self.position += 1
        return result

    def variable(self) -> str:
        match = _VARIABLE.match(self.text, self.position)
        if match is None:
            following = self.text[self.position + 1 : self.position + 2]
            if following.isalnum() or following in ("_", ":", "{", "("):
                raise NotUnderstoodError("a variable with an index or a namespace")
            self.position += 1
            return "$"
        self.position = match.end()
        return self.tcl.value(match[1] or match[2] or "", match[3]) if self.tcl.live else ""

    def _escape(self) -> str:
        if self._continues():
            self.position = _end(_CONTINUATION, self.text, self.position)
            return " "
        letter = self.text[self.position + 1 : self.position + 2]
        if not letter or letter in _CODES:
            raise NotUnderstoodError(f"the escape `\\{letter}`")
        self.position += 2
        return _ESCAPES.get(letter, letter)

    def _continues(self) -> bool:
        return self.text.startswith("\\\n", self.position)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position
