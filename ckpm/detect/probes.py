"""Ask programs for their versions: each file once, in parallel, and only what is not remembered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ckpm.detect.cache import ProbeCache
from ckpm.system.host import FileStatus, Host
from ckpm.system.probe import ProbeResult

_WORKERS = 8


@dataclass(frozen=True, slots=True)
class Program:
    """An executable by its nearest name, and the file that this is."""

    path: str
    status: FileStatus


Question = tuple[Program, tuple[str, ...]]
Answers = dict[tuple[tuple[int, int], tuple[str, ...]], ProbeResult]


def ask(host: Host, questions: Iterable[Question], cache: ProbeCache) -> Answers:
    """Return an answer for each file and arguments; names of one file share it."""
    answers: Answers = {}
    open_questions: dict[tuple[tuple[int, int], tuple[str, ...]], Question] = {}
    for program, args in questions:
        key = (program.status.identity, args)
        known = None if key in answers else cache.answer(program.status, args)
        if known is not None:
            answers[key] = known
        elif key not in answers:
            open_questions.setdefault(key, (program, args))
    fresh = _run(host, list(open_questions.values()))
    for (program, args), result in fresh:
        cache.remember(program.status, args, result)
        answers[program.status.identity, args] = result
    return answers


def _run(host: Host, questions: list[Question]) -> list[tuple[Question, ProbeResult]]:
    if not questions:
        return []
    from concurrent.futures import ThreadPoolExecutor

    def run(question: Question) -> ProbeResult:
        program, args = question
        return host.probe([program.path, *args])

    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(zip(questions, pool.map(run, questions), strict=True))
