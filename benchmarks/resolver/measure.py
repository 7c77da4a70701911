"""One peer on one question, in a process of its own that can be stopped, or crash."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any, Literal

from benchmarks.resolver.index import Index, index_fault, reachable_instance
from benchmarks.resolver.instances import Instance, fault

Task = Instance | Index
Stage = Literal["load", "write", "solve", "again", "floor", "explain"]
Warm = Literal["first", "again"]
Status = Literal["sat", "unsat", "TO", "error", "WRONG", "unmeasured"]

# Writing files for a peer is no part of any measurement; it only must not take forever.
WRITING_S = 30.0
# Enough runs for a median, within about a second for each peer and question.
WORTH_S = 1.0


@dataclass(frozen=True, slots=True)
class Peer:
    """What a peer's file says of itself."""

    module: str
    name: str
    version: str
    warm: Warm | None
    """Whether its time once all is loaded is the first solve, or that of the same thing again."""
    counts_loading: bool
    has_floor: bool


@dataclass(slots=True)
class Measured:
    """The times of every run, and what came out."""

    status: Status = "unmeasured"
    note: str = ""
    answer: dict[str, str] | None = None
    seconds: dict[str, list[float]] = field(default_factory=dict)
    too_long: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)

    def median(self, *stages: str) -> float | None:
        """Return the median of the sums of these stages; the first of several runs warms up."""
        runs = [self.seconds[stage] for stage in stages if self.seconds.get(stage)]
        if not runs or stages[-1] not in self.seconds:
            return None
        sums = [sum(run) for run in zip(*runs, strict=False)]
        return float(statistics.median(sums[1:] or sums))


def describe(module: str) -> Peer | str:
    """Return what a peer is, or why it is missing; it is never loaded into this process."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_describe, args=(module, sender))
    process.start()
    sender.close()
    try:
        found: Peer | str = receiver.recv()
    except EOFError:
        found = "its process ended"
    process.join()
    return found


def _describe(module: str, pipe: Connection) -> None:
    try:
        peer = import_module(module)
        warm, counts = getattr(peer, "WARM", None), getattr(peer, "COUNTS_LOADING", True)
        found = version(peer.DISTRIBUTION)
        pipe.send(Peer(module, peer.NAME, found, warm, counts, hasattr(peer, "floor")))
    except ImportError as error:
        pipe.send(str(error))
    finally:
        os._exit(0)


def measure(peer: Peer, task: Task, runs: int, timeout_s: float) -> Measured:
    """Run a peer on a question, often enough for a median."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        worker = _Worker(peer, task, runs, sender, folder)
        process = multiprocessing.get_context("fork").Process(target=worker.work)
        process.start()
        sender.close()
        measured = _collect(receiver, timeout_s)
        _stop(process.pid)
        process.join()
    return _checked(measured, task)


def _stop(pid: int | None) -> None:
    """End a worker and whatever it started: its session is its own."""
    try:
        if pid is not None:
            os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _collect(pipe: Connection, timeout_s: float) -> Measured:
    measured = Measured()
    limit_s, stage, loaded_s = WRITING_S, "import", 0.0
    while pipe.poll(limit_s):
        try:
            kind, seconds, value = pipe.recv()
        except EOFError:
            if measured.status == "unmeasured":
                measured.status, measured.note = "error", f"ended while it did: {stage}"
            return measured
        if kind == "begin":
            limits = {"write": WRITING_S, "solve": max(0.0, timeout_s - loaded_s)}
            stage, limit_s = value, limits.get(value, timeout_s)
        else:
            loaded_s = seconds if kind == "load" else loaded_s
            _note(measured, kind, seconds, value)
    return _too_long(measured, stage)


def _too_long(measured: Measured, stage: str) -> Measured:
    measured.too_long.add(stage)
    if measured.status == "unmeasured" and stage == "write":
        measured.note = "its files take too long to write"
    elif measured.status == "unmeasured":
        measured.status, measured.note = "TO", stage
    return measured


def _note(measured: Measured, kind: str, seconds: float, value: Any) -> None:  # noqa: ANN401
    if kind == "error":
        if measured.status == "unmeasured":
            measured.status = "error"
        measured.note = value
        return
    measured.seconds.setdefault(kind, []).append(seconds)
    if kind == "solve":
        measured.answer, measured.status = value, "unsat" if value is None else "sat"
    elif kind == "explain":
        measured.lines = value


def _checked(measured: Measured, task: Task) -> Measured:
    if measured.answer is not None:
        check = fault(task, measured.answer) if isinstance(task, Instance) else \
            index_fault(task, measured.answer)  # fmt: skip
        if check:
            measured.status, measured.note = "WRONG", check
    return measured


@dataclass(slots=True)
class _Worker:
    """What runs in the process of its own."""

    peer: Peer
    task: Task
    runs: int
    pipe: Connection
    folder: str

    def work(self) -> None:
        os.setsid()
        tempfile.tempdir = self.folder
        _silence()
        try:
            self.measure(import_module(self.peer.module))
        except BaseException as error:  # noqa: BLE001
            self.pipe.send(("error", 0.0, f"{type(error).__name__}: {error}"[:200]))
        finally:
            self.pipe.close()
            # Some native libraries crash while they are unloaded.
            os._exit(0)

    def measure(self, module: ModuleType) -> None:
        gc.collect()
        gc.freeze()
        prepare, solve = _calls(module, self.task)
        prepared, answer, first_s = self.run(module, prepare, solve)
        if not self.peer.counts_loading:
            kept = prepared
            prepare = lambda: kept  # noqa: E731
        few = 2 if first_s < 2 * WORTH_S else 0
        for _ in range(max(few, min(self.runs - 1, int(WORTH_S / first_s)))):
            prepared, answer, _ = self.run(module, prepare, solve)
        if answer is None and hasattr(module, "explain"):
            for _ in range(3):
                self.stage("explain", lambda: module.explain(prepared))

    def run(
        self, module: ModuleType, prepare: Callable[[], Any], solve: Callable[[Any], Any]
    ) -> tuple[Any, Any, float]:
        getattr(module, "forget", lambda: None)()
        gc.collect()
        loading: Stage = "load" if self.peer.counts_loading else "write"
        prepared, load_s = self.stage(loading, prepare)
        answer, solve_s = self.stage("solve", lambda: solve(prepared))
        if self.peer.warm == "again":
            self.stage("again", lambda: solve(prepared))
        if self.peer.has_floor:
            self.stage("floor", lambda: module.floor(prepared))
        return prepared, answer, load_s * self.peer.counts_loading + solve_s

    def stage(self, name: Stage, call: Callable[[], Any]) -> tuple[Any, float]:
        self.pipe.send(("begin", 0.0, name))
        start = time.perf_counter()
        value = call()
        seconds = time.perf_counter() - start
        self.pipe.send((name, seconds, value if name in {"solve", "explain"} else None))
        return value, seconds


def _calls(module: ModuleType, task: Task) -> tuple[Callable[[], Any], Callable[[Any], Any]]:
    """Return how a peer loads and solves; one that can read lazily loads nothing of an index."""
    if isinstance(task, Instance):
        return (lambda: module.prepare(task)), module.solve
    lazy = (task.versions, task.needs, task.roots)
    if hasattr(module, "answer_from_index"):
        return (lambda: None), (lambda _: module.answer_from_index(*lazy))
    return (lambda: module.prepare(reachable_instance(*lazy))), module.solve


def _silence() -> None:
    """Keep what a library prints out of the table."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
