"""Who is asked, when, and who hears of it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from ckpm.detect.cache import ProbeCache
from ckpm.detect.probes import Program, Question, ask
from ckpm.model.platform import Platform
from ckpm.system.host import FileStatus, LocalHost
from ckpm.system.probe import ProbeResult

LINUX = Platform("linux-x86_64", "linux", "x86_64", "x86_64-linux-gnu")
ARGS = ("--version",)


class TalkingHost(LocalHost):
    """Every program prints its own path; ``/odd`` ones are beyond this machine."""

    def __init__(self) -> None:
        super().__init__({}, LINUX)
        self.asked: list[str] = []

    def probe(self, argv: Sequence[str], extra: object = None) -> ProbeResult:
        self.asked.append(argv[0])
        if argv[0].startswith("/odd"):
            raise LookupError(argv[0])
        return ProbeResult(argv[0], 1 if argv[0].startswith("/failing") else 0)


def question(path: str, inode: int) -> Question:
    return Program(path, FileStatus(path, 0o100755, 1, inode, 10, 10)), ARGS


def test_what_was_run_is_told_as_answers_come_in() -> None:
    host, ran, steps = TalkingHost(), list[Question](), list[tuple[int, int]]()
    here = threading.current_thread()

    def progress(done: int, total: int) -> None:
        assert threading.current_thread() is here
        steps.append((done, total))

    questions = [question(f"/bin/tool-{number}", number) for number in range(100)]
    twins = [*questions, question("/other/tool", 7)]
    answers = ask(host, twins, ProbeCache(None), progress=progress, ran=ran.append)
    assert answers[((1, 7), "tool"), ARGS].output == "/bin/tool-7"
    assert steps == [(done, 100) for done in range(1, 101)]
    assert sorted(host.asked) == sorted(program.path for program, _ in ran)
    assert len(ran) == 100


def test_what_is_remembered_is_not_told(tmp_path: Path) -> None:
    cache = ProbeCache(tmp_path)
    ask(TalkingHost(), [question("/bin/a", 1)], cache)
    cache.save(is_whole=True)
    ran: list[Question] = []
    answers = ask(TalkingHost(), [question("/bin/a", 1)], ProbeCache(tmp_path), ran=ran.append)
    assert (answers[((1, 1), "a"), ARGS].output, ran) == ("/bin/a", [])


def test_a_failure_is_not_remembered_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that was missing may be there tomorrow, and the tool is the same file."""
    questions = [question("/failing/a", 1), question("/bin/b", 2)]
    cache = ProbeCache(tmp_path)
    ask(TalkingHost(), questions, cache)
    cache.save(is_whole=True)
    soon, later = TalkingHost(), TalkingHost()
    ask(soon, questions, ProbeCache(tmp_path))
    monkeypatch.setattr("time.time", lambda: 1e12)
    ask(later, questions, ProbeCache(tmp_path))
    assert (soon.asked, later.asked) == ([], ["/failing/a"])


def test_a_host_that_cannot_answer_ends_the_scan_and_its_threads() -> None:
    before = threading.active_count()
    questions = [question(f"/odd/{number}", number) for number in range(1000)]
    host = TalkingHost()
    with pytest.raises(LookupError):
        ask(host, questions, ProbeCache(None))
    assert len(host.asked) <= 1000
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(5)
    assert threading.active_count() == min(before, 1)
