"""Ask programs for their versions: each tool once, in parallel, and only what is not remembered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from posixpath import basename

from ckpm.detect.cache import ProbeCache
from ckpm.system.host import FileStatus, Host
from ckpm.system.probe import ProbeResult

_VERSION_SUFFIX = re.compile(r"-?\d+(?:\.\d+)*[a-z]?$")
# Not so many work at once: see ckpm.system.turns. Each costs some memory.
_MOST_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Program:
    """An executable by its nearest name, the file that this is, and variables that it needs."""

    path: str
    status: FileStatus
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def tool(self) -> tuple[tuple[int, int], str]:
        """The same for all names of one tool: clang and clang++ are one file and two tools.

        Many print the name that they are called by, as gcc does; python3 and python3.11 are one.
        """
        return self.status.identity, self.name

    @property
    def name(self) -> str:
        """The name without a version."""
        return _VERSION_SUFFIX.sub("", basename(self.path))


Question = tuple[Program, tuple[str, ...]]
Asked = tuple[tuple[tuple[int, int], str], tuple[str, ...]]
Answers = dict[Asked, ProbeResult]
Progress = Callable[[int, int], None]


def ask(
    host: Host,
    questions: Iterable[Question],
    cache: ProbeCache,
    *,
    progress: Progress | None = None,
    ran: Callable[[Question], None] | None = None,
) -> Answers:
    """Return an answer for each tool and arguments; names of one tool share it.

    ``ran`` is told what was run for this, ``progress`` how many of how many have been; both by the
    thread that called.
    """
    answers, open_questions = _remembered(questions, cache)
    for count, (question, result) in enumerate(_answers(host, open_questions), 1):
        program, args = question
        cache.remember(program.status, (program.name, *args), result)
        answers[program.tool, args] = result
        if ran is not None:
            ran(question)
        if progress is not None:
            progress(count, len(open_questions))
    return answers


def _remembered(questions: Iterable[Question], cache: ProbeCache) -> tuple[Answers, list[Question]]:
    """Return what is known already, and what is to be asked, each tool and arguments once."""
    answers: Answers = {}
    unknown: dict[Asked, Question] = {}
    for program, args in questions:
        key = (program.tool, args)
        if key in answers or key in unknown:
            continue
        known = cache.answer(program.status, (program.name, *args))
        if known is None:
            unknown[key] = (program, args)
        else:
            answers[key] = known
    return answers, list(unknown.values())


def _answers(host: Host, questions: list[Question]) -> Iterator[tuple[Question, ProbeResult]]:
    """Yield answers as they come; what has not begun when we are left early never does."""
    if not questions:
        return
    from queue import SimpleQueue
    from threading import Thread

    waiting = list(reversed(questions))
    answered: SimpleQueue[tuple[Question, ProbeResult | Exception]] = SimpleQueue()

    def work() -> None:
        with suppress(IndexError):
            while question := waiting.pop():
                answered.put((question, _tried(host, question)))

    for _ in range(min(len(questions), _MOST_AT_ONCE)):
        Thread(target=work).start()
    try:
        for _ in questions:
            question, result = answered.get()
            if isinstance(result, Exception):
                raise result
            yield question, result
    finally:
        waiting.clear()


def _tried(host: Host, question: Question) -> ProbeResult | Exception:
    """A question that nobody can answer is for whoever asked, not the end of this thread."""
    program, args = question
    try:
        return host.probe([program.path, *args], dict(program.variables))
    except Exception as error:  # noqa: BLE001 - it is raised again where it was asked
        return error
