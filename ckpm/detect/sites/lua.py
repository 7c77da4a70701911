"""Modulefiles in Lua: the calls of Lmod that declare something, and the Lua around them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from ckpm.detect.sites.effects import Effects, NotUnderstoodError, Surroundings
from ckpm.detect.sites.lua_calls import UNKNOWN, calls
from ckpm.detect.sites.lua_tokens import Words
from ckpm.detect.sites.recorder import Recorder

_KEYWORDS = {"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto"}
_KEYWORDS |= {"if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true"}
_KEYWORDS |= {"until", "while"}
_CONSTANTS = {"nil": None, "true": True, "false": False}
_COMPARISONS = ("==", "~=", "<", ">", "<=", ">=")
_AFTER = (")", ",")

Value = Any
Call = Callable[..., Value]


def read_lua(text: str, surroundings: Surroundings) -> Effects:
    """Return what loading this modulefile does.

    Raises:
        NotUnderstoodError: for anything outside the subset.
    """
    recorder = Recorder(surroundings)
    Lua(text, recorder, calls(recorder)).run()
    return recorder.effects


class Lua:
    """Reads and carries out at once; what a condition leaves out is only read."""

    def __init__(self, text: str, recorder: Recorder, functions: dict[str, Call]) -> None:
        self.words = Words(text)
        self.recorder = recorder
        self.functions = functions
        self.scopes: list[dict[str, Value]] = [{}]
        self.assigned: set[str] = set()
        self.live = True

    def run(self) -> None:
        try:
            self._block(("",))
        except RecursionError:
            raise NotUnderstoodError("expressions or branches nested too deeply") from None
        except NotUnderstoodError as error:
            error.line = error.line or self.words.line(self.words.place)
            raise

    def _block(self, ends: Collection[str]) -> None:
        self.scopes.append({})
        while not (self.words.text in ends and self.words.kind in ("name", "eof")):
            self._statement()
        self.scopes.pop()

    def _statement(self) -> None:
        words, place = self.words, self.words.place
        if words.texts[place + 1] == "(" and words.texts[place] in self.functions:
            words.place += 1
            self._call(words.texts[place], place)
        elif words.accept("local"):
            self._local()
        elif words.accept("if"):
            self._if()
        elif not words.accept(";"):
            self._call_or_assignment()

    def _local(self) -> None:
        name = self._name()
        value = self._expression() if self.words.accept("=") else None
        self.scopes[-1][name] = value
        self.assigned.add(name)

    def _name(self) -> str:
        if self.words.kind != "name" or self.words.text in _KEYWORDS:
            raise NotUnderstoodError(f"`{self.words.text[:40]}`")
        return self.words.take()

    def _dotted(self) -> str:
        name = self._name()
        while self.words.accept("."):
            name += f".{self._name()}"
        return name

    def _call_or_assignment(self) -> None:
        begin = self.words.place
        name = self._dotted()
        if not self.words.accept("="):
            self._call(name, begin)
            return
        value = self._expression()
        if "." in name or name in self.functions:
            raise NotUnderstoodError(f"the assignment to `{name}`")
        if self.live:
            self._scope(name)[name] = value
            self.assigned.add(name)

    def _scope(self, name: str) -> dict[str, Value]:
        return next((each for each in reversed(self.scopes) if name in each), self.scopes[0])

    def _call(self, name: str, begin: int) -> Value:
        arguments = self._arguments(name)
        if not self.live:
            return None
        function = self.functions.get(name)
        if function is None or name.partition(".")[0] in self.assigned:
            self.words.place = begin
            raise NotUnderstoodError(f"the call of `{name}`")
        return function(*arguments)

    def _arguments(self, name: str) -> list[Value]:
        if self.words.kind in ("string", "long"):
            return [self.words.take_text()]
        if not self.words.accept("("):
            raise NotUnderstoodError(f"`{name}` followed by `{self.words.text[:40]}`")
        arguments: list[Value] = []
        if self.words.accept(")"):
            return arguments
        while True:
            arguments.append(self._expression())
            if not self.words.accept(","):
                self.words.expect(")")
                return arguments

    def _if(self) -> None:
        """Carry out the first branch that holds; without knowing, none may have an effect."""
        was, open_, undecided, count = self.live, self.live, False, 0
        effects = self.recorder.effects
        size, asked, done = self.recorder.size, len(effects.asked), len(effects.statements)
        following = "elseif"
        while following != "end":
            self.live = open_
            truth = self._condition() if following == "elseif" else True
            self.live = open_ and truth is not False
            self._block(("elseif", "else", "end"))
            undecided |= self.live and truth is None
            open_ = open_ and truth is not True
            following = self.words.accept("elseif", "else", "end")
            count += 1
        self.live = was
        if undecided and self.recorder.size != size:
            raise NotUnderstoodError(
                "the effect of this `if` depends on what only running can tell"
            )
        if count == 1:
            self.recorder.forget_question(asked, done)

    def _condition(self) -> bool | None:
        value = self._expression()
        self.words.expect("then")
        return None if value is UNKNOWN else _is_true(value)

    def _expression(self) -> Value:
        if self.words.texts[self.words.place + 1] in _AFTER:
            return self._operand()
        value = self._both()
        while self.words.accept("or"):
            value = self._chosen(value, self._both, skips=True)
        return value

    def _both(self) -> Value:
        value = self._compared()
        while self.words.accept("and"):
            value = self._chosen(value, self._compared, skips=False)
        return value

    def _chosen(self, left: Value, part: Callable[[], Value], *, skips: bool) -> Value:
        """Return the value of ``or`` and ``and``, which is that of one side."""
        decided = left is not UNKNOWN and _is_true(left) is skips
        was, self.live = self.live, self.live and not decided
        right = part()
        self.live = was
        return left if decided else UNKNOWN if left is UNKNOWN else right

    def _compared(self) -> Value:
        left = self._joined()
        operator = self.words.accept(*_COMPARISONS)
        if not operator:
            return left
        right = self._joined()
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        if operator not in ("==", "~=") and self.live:
            raise NotUnderstoodError(f"the comparison `{operator}`")
        same = type(left) is type(right) and left == right
        return same is (operator == "==")

    def _joined(self) -> Value:
        value = self._operand()
        while self.words.accept(".."):
            right = self._operand()
            value = self._text(value) + self._text(right) if self.live else None
        return value

    @staticmethod
    def _text(value: Value) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise NotUnderstoodError("text is joined with something that is none")
        return str(value)

    def _operand(self) -> Value:
        kind = self.words.kind
        if kind in ("string", "long"):
            return self.words.take_text()
        if self.words.accept("not"):
            return self._negated()
        if self.words.accept("("):
            value = self._expression()
            self.words.expect(")")
            return value
        if kind == "number" and "." not in self.words.text:
            return int(self.words.take())
        return self._named()

    def _negated(self) -> Value:
        value = self._operand()
        return UNKNOWN if value is UNKNOWN else not _is_true(value)

    def _named(self) -> Value:
        if self.words.kind == "name" and self.words.text in _CONSTANTS:
            return _CONSTANTS[self.words.take()]
        begin = self.words.place
        name = self._dotted()
        if self.words.text == "(" or self.words.kind in ("string", "long"):
            return self._call(name, begin)
        if self.live and (name in self.functions or "." in name):
            raise NotUnderstoodError(f"`{name}` as a value")
        return self._scope(name).get(name)


def _is_true(value: Value) -> bool:
    return value is not None and value is not False
