"""Conditions of Tcl's ``if``: true, false, or that only running can tell (the rules: expr(n))."""

from __future__ import annotations

import re
from collections.abc import Callable

from ckpm.detect.sites.effects import NotUnderstoodError
from ckpm.detect.sites.tcl_reader import UNKNOWN, Interpreter, Reader

_SPACE = re.compile(r"(?:\s|\\\n)*")
_OPERATOR = re.compile(r"&&|\|\||==|!=|>=|<=|>|<|(?:eq|ne)(?!\w)")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?![\w.])")
_NUMBER_LIKE = re.compile(r"\s*[-+.]?\d|\s*[-+]?(?:inf|nan)", re.IGNORECASE)
_TRUTHS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


# What cannot be known is neither.
_Truth = bool | None


def holds(text: str, tcl: Interpreter) -> _Truth:
    """Return whether a condition holds, ``None`` where it cannot be known."""
    condition = _Condition(text, tcl)
    value = condition.either()
    if not condition.is_over():
        raise NotUnderstoodError(f"the condition `{text.strip()}`")
    return _truth(value)


class _Condition:
    """Reads and evaluates at once; what a decided ``&&`` or ``||`` leaves over is only read."""

    def __init__(self, text: str, tcl: Interpreter) -> None:
        self.tcl = tcl
        self.reader = Reader(text, tcl)

    def either(self) -> str:
        return self._joined("||", self.both, decided=True)

    def both(self) -> str:
        return self._joined("&&", self.compared, decided=False)

    def _joined(self, operator: str, part: Callable[[], str], *, decided: bool) -> str:
        value = part()
        while self.operator() == operator:
            self._take(operator)
            left = _truth(value) if self.tcl.live else None
            right = self._read_past(part) if left is decided else part()
            if self.tcl.live and left is not decided:
                value = _written(_joined(left, _truth(right), decided=decided))
        return value

    def _read_past(self, part: Callable[[], str]) -> str:
        was, self.tcl.live = self.tcl.live, False
        try:
            return part()
        finally:
            self.tcl.live = was

    def compared(self) -> str:
        left = self.operand()
        operator = self.operator()
        if not operator or operator in ("&&", "||"):
            return left
        self._take(operator)
        right = self.operand()
        if self.operator() not in ("", "&&", "||"):
            raise NotUnderstoodError("a chain of comparisons")
        return self._comparison(left, operator, right) if self.tcl.live else ""

    def _comparison(self, left: str, operator: str, right: str) -> str:
        if UNKNOWN in (left, right):
            return UNKNOWN
        if operator not in ("==", "!=", "eq", "ne"):
            raise NotUnderstoodError(f"the comparison `{operator}`")
        if operator in ("==", "!=") and left != right:
            _refuse_numbers(left, right)
        return _written((left == right) is (operator in ("==", "eq")))

    def operand(self) -> str:
        if self._accept("!"):
            value = self.operand()
            return _negated(value) if self.tcl.live else ""
        if self._accept("("):
            return self._in_parentheses()
        number = _NUMBER.match(self.reader.text, self.reader.position)
        if number:
            self.reader.position = number.end()
            return number[0]
        return self._word(self.reader.text[self.reader.position : self.reader.position + 1])

    def _word(self, mark: str) -> str:
        readers = {
            "[": self.reader.nested,
            "$": self.reader.variable,
            '"': self.reader.quoted,
            "{": self.reader.braced,
        }
        if mark not in readers:
            raise NotUnderstoodError(f"the condition `{self.reader.text.strip()}`")
        return readers[mark]()

    def _in_parentheses(self) -> str:
        value = self.either()
        if not self._accept(")"):
            raise NotUnderstoodError("a parenthesis is not closed")
        return value

    def operator(self) -> str:
        """Return the operator that is next, without stepping over it."""
        match = _OPERATOR.match(self.reader.text, self._skip_space())
        return match[0] if match else ""

    def is_over(self) -> bool:
        return self._skip_space() == len(self.reader.text)

    def _accept(self, mark: str) -> bool:
        place = self._skip_space()
        if not self.reader.text.startswith(mark, place):
            return False
        self._take(mark)
        return True

    def _skip_space(self) -> int:
        match = _SPACE.match(self.reader.text, self.reader.position)
        self.reader.position = match.end() if match else self.reader.position
        return self.reader.position

    def _take(self, token: str) -> None:
        self.reader.position += len(token)


def _truth(value: str) -> _Truth:
    if value == UNKNOWN:
        return None
    if value not in _TRUTHS:
        raise NotUnderstoodError(f"`{value}` as a condition")
    return _TRUTHS[value]


def _negated(value: str) -> str:
    truth = _truth(value)
    return _written(None if truth is None else not truth)


def _written(truth: _Truth) -> str:
    return UNKNOWN if truth is None else str(int(truth))


def _joined(*sides: _Truth, decided: bool) -> _Truth:
    if decided in sides:
        return decided
    return None if None in sides else not decided


def _refuse_numbers(left: str, right: str) -> None:
    """``==`` compares numbers by value, in many notations."""
    if _NUMBER_LIKE.match(left) and _NUMBER_LIKE.match(right):
        raise NotUnderstoodError(f"the comparison of `{left}` and `{right}` as numbers")
