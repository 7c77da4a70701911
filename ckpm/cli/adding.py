"""``ckpm add ./model.tflite`` and ``ckpm add https://…``: a package worked out from a file."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from ckpm.cli.context import Context
from ckpm.cli.request import Request
from ckpm.errors import NotFoundError, UsageError
from ckpm.model.placeholders import variable_prefix
from ckpm.model.recipe import Recipe
from ckpm.recipe.edit import declare
from ckpm.recipe.load import decode_environment
from ckpm.schema.documents import Plain, parse_document
from ckpm.system.files import temporary_directory
from ckpm.system.http import Expectation, fetch_file

KINDS = {
    ".tflite": "model", ".pb": "model", ".onnx": "model", ".pt": "model", ".gguf": "model",
    ".safetensors": "model", ".h5": "model", ".zip": "dataset", ".gz": "dataset", ".tar": "dataset",
    ".tgz": "dataset", ".json": "dataset", ".csv": "dataset", ".py": "program",
}  # fmt: skip
RUNTIMES = {".tflite": "tflite-runtime", ".pb": "graph-runtime"}
ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz")


def names_artifact(argument: str) -> bool:
    """Whether an argument is a file or an address rather than a requirement."""
    is_path = argument.startswith(("./", "../", "/", "~")) or os.sep in argument
    return is_path or argument.startswith(("http://", "https://"))


def declare_artifact(
    context: Context, options: argparse.Namespace, request: Request, text: str, argument: str
) -> tuple[str, str, Request]:
    """Return the file's text with the package declared, its name, and the request with it."""
    if request.place.is_ready:
        raise UsageError(f"`{request.place.name}` ships with ckpm and is not edited")
    is_address = argument.startswith(("http://", "https://"))
    fields = _from_address(context, argument) if is_address else _from_file(request, argument)
    suffix = PurePosixPath(urlsplit(argument).path if is_address else argument).suffix.lower()
    kind = options.kind or KINDS.get(suffix, "dataset")
    name = options.name or _name(argument, kind)
    file = PurePosixPath(urlsplit(argument).path).name
    described: dict[str, Plain] = {"kind": kind, **fields}
    if kind == "model":
        described["env"] = [{"set": {f"{variable_prefix(name)}_FILE": f"{{prefix}}/{file}"}}]
    if suffix in RUNTIMES:
        described["needs"] = [RUNTIMES[suffix]]
    for before in (_origin(recipe) for recipe in request.own if recipe.name == name):
        if before not in (argument, fields.get("path")):
            context.session.remark(f"`{name}` was `{before}` and becomes `{argument}`")
    text = declare(text, name, described, str(request.place.file))
    file_then = request.place.file
    declared_then = decode_environment(parse_document(text, str(file_then)), file_then)
    context.say(f"  {name} ({kind}) from {argument}")
    return text, name, replace(request, declared=declared_then)


def _origin(declared: Recipe) -> str:
    """Return the path or the address of which a project's own package is made."""
    source = declared.sources[0]
    urls = (url for part in source.parts for url in part.urls)
    return source.text("path") or source.text("package") or next(urls, "")


def _from_file(request: Request, argument: str) -> Mapping[str, Plain]:
    path = Path(argument).expanduser().absolute()
    if not path.exists():
        raise NotFoundError(f"there is no file `{argument}`")
    base = request.place.file.parent
    if not path.is_relative_to(base):
        raise UsageError(
            f"`{argument}` lies outside `{base}`",
            hints=["copy it into the project first, so that it travels"],
        )
    fields: dict[str, Plain] = {"from": "file", "path": path.relative_to(base).as_posix()}
    if path.is_file():
        fields["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return fields


def _from_address(context: Context, address: str) -> Mapping[str, Plain]:
    name = PurePosixPath(urlsplit(address).path).name or "download"
    store = context.session.store.root
    with temporary_directory(store / "work") as directory:
        task = context.session.reporter.task(name)
        sha256 = fetch_file([address], directory / name, Expectation(), task.advance)
        task.done()
        size = (directory / name).stat().st_size
        # What was just fetched need not be fetched again.
        kept = store / "downloads" / "sha256" / sha256 / name
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            (directory / name).replace(kept)
    fields: dict[str, Plain] = {
        "from": "archive",
        "urls": [address],
        "size": size,
        "sha256": sha256,
    }
    if not name.endswith(ARCHIVES):
        fields["unpack"] = False
    return fields


def _name(argument: str, kind: str) -> str:
    stem = PurePosixPath(urlsplit(argument).path).name.split(".")[0].lower()
    plain = re.sub(r"[^a-z0-9]+", "-", stem).strip("-") or "thing"
    return (
        plain if plain.startswith(kind) or kind not in ("model", "dataset") else f"{kind}-{plain}"
    )
