"""py-rattler (resolvo): reads repodata from a file and solves; only writing it is not counted."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from rattler import Channel, SparseRepoData, solve_with_sparse_repodata
from rattler.exceptions import SolverError

from benchmarks.resolver.instances import Instance, Need

NAME = "rattler"
DISTRIBUTION = "py-rattler"
COUNTS_LOADING = False

Prepared = tuple[Instance, Path, list[str]]


def prepare(instance: Instance) -> Prepared:
    path = Path(tempfile.mkdtemp()) / "repodata.json"
    records = {
        f"{name}-{p + 1}-0.conda": _record(instance, name, p)
        for name in instance.reachable()
        for p in range(len(instance.packages[name]))
    }
    data = {"info": {"subdir": "noarch"}, "packages": {}, "packages.conda": records}
    path.write_text(json.dumps(data), encoding="utf-8")
    return instance, path, [_spec(instance, need) for need in instance.root]


def _record(instance: Instance, name: str, position: int) -> dict[str, Any]:
    depends = [_spec(instance, need) for need in instance.needs(name, position)]
    return {"name": name, "version": str(position + 1), "build": "0", "build_number": 0,
            "depends": depends, "subdir": "noarch", "size": 1}  # fmt: skip


def _spec(instance: Instance, need: Need) -> str:
    target, spans = need
    count = len(instance.packages[target])
    if any(low == 0 and high >= count for low, high in spans):
        return target
    parts = [f">={low + 1},<{high + 1}" for low, high in spans if low < high] or ["<0"]
    return f"{target} {'|'.join(parts)}"


def solve(prepared: Prepared) -> dict[str, str] | None:
    instance, _, _ = prepared
    try:
        records = asyncio.run(_solve(prepared))
    except SolverError:
        return None
    pins = {record.name.normalized: int(str(record.version)) - 1 for record in records}
    return {name: instance.packages[name][position] for name, position in pins.items()}


async def _solve(prepared: Prepared) -> Any:  # noqa: ANN401
    _, path, specs = prepared
    data = SparseRepoData(Channel("index"), "noarch", path)
    return await solve_with_sparse_repodata(specs, [data])


def explain(prepared: Prepared) -> list[str]:
    try:
        asyncio.run(_solve(prepared))
    except SolverError as error:
        return str(error).splitlines()
    return []
