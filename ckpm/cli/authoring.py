"""``ckpm recipe`` and ``ckpm detector``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ckpm._content import bundled_dir
from ckpm.cli.context import Context, add_common
from ckpm.errors import CkpmError, ContentError, UsageError
from ckpm.recipe import load_environment, load_recipe
from ckpm.recipe.load import content_files, load_detector
from ckpm.recipe.schema import json_schema
from ckpm.system.files import write_text

EXAMPLES = {
    "recipe": "examples:\n  ckpm recipe check recipes/*.yaml\n  ckpm recipe new scipy --from pypi\n"
    "  ckpm recipe schema > recipe.schema.json\n",
    "detector": "examples:\n  ckpm detector check detectors/cmake.yaml\n",
}

TEMPLATES = {
    "pypi": """\
name: {name}
kind: library
summary: {name} from the Python index
license: ""            # an SPDX expression
version_scheme: pep440
sources:
  - from: pypi
    distribution: {name}
""",
    "archive": """\
name: {name}
kind: model            # library, tool, toolchain, dataset, model or program
summary: one line for people
license: ""            # an SPDX expression
sources:
  - from: archive
    versions: ["1.0"]
    urls: [https://example.org/{name}-1.0.tar.gz]
    size: 0
    sha256: "0000000000000000000000000000000000000000000000000000000000000000"
    strip: 1
""",
}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="report every fault of files, with line and path")
    check.add_argument("files", nargs="*", metavar="FILE", help="(default: all that ship)")
    add_common(check, "json")
    add_common(actions.add_parser("schema", help="print the JSON Schema for editors"), "json")
    if command == "recipe":
        new = actions.add_parser("new", help="write a recipe to start from")
        new.add_argument("name", metavar="NAME", help="the package")
        new.add_argument(
            "--from",
            dest="method",
            choices=sorted(TEMPLATES),
            default="archive",
            help="where it comes from (default: archive)",
        )
        add_common(new, "json")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    match options.action:
        case "check":
            return _check(command, options, context)
        case "schema":
            context.print(json.dumps(json_schema(command), indent=2))
            return context.finish(json_schema(command))
        case _:
            return _new(options, context)


def _check(command: str, options: argparse.Namespace, context: Context) -> int:
    kind = "recipes" if command == "recipe" else "detectors"
    paths = [Path(name) for name in options.files] or content_files(bundled_dir(kind))
    faults: list[str] = []
    for path in paths:
        try:
            _load(command, path)
        except ContentError as error:
            faults += error.faults
        except CkpmError as error:
            faults.append(f"{path}: {error.message}")
    if faults:
        raise ContentError(faults)
    noun = "file is" if len(paths) == 1 else "files are"
    context.say(f"{len(paths)} {noun} sound")
    return context.finish({"checked": [str(path) for path in paths]})


def _load(command: str, path: Path) -> None:
    if path.name == "ckpm.yaml" or path.absolute().parent.name == "envs":
        load_environment(path)
    elif command == "recipe":
        load_recipe(path)
    else:
        load_detector(path)


def _new(options: argparse.Namespace, context: Context) -> int:
    directory = (
        Path(".ckpm/recipes")
        if Path("ckpm.yaml").exists()
        else context.session.settings.user / "recipes"
    )
    path = directory / f"{options.name}.yaml"
    if path.exists():
        raise UsageError(f"`{path}` exists already")
    write_text(path, TEMPLATES[options.method].format(name=options.name))
    context.say(f"wrote {path}; then: ckpm recipe check {path}")
    return context.finish({"file": str(path)})
