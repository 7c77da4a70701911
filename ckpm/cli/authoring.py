"""``ckpm recipe`` and ``ckpm detector``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ckpm._content import bundled_dir
from ckpm.cli.context import Context, add_common
from ckpm.cli.templates import DETECTORS, RECIPES, TESTS
from ckpm.errors import CkpmError, ContentError, NotFoundError, UsageError
from ckpm.model.detector import Detector
from ckpm.recipe import load_environment, load_recipe
from ckpm.recipe.files import content_files
from ckpm.recipe.load import load_cases, load_detector
from ckpm.recipe.schema import json_schema
from ckpm.system.files import write_text

EXAMPLES = {
    "recipe": "examples:\n  ckpm recipe check recipes/*.yaml\n  ckpm recipe new scipy --from pypi\n"
    "  ckpm recipe schema > recipe.schema.json\n",
    "detector": "examples:\n  ckpm detector new zstd\n  ckpm detector test zstd\n"
    "  ckpm detector new vendor-sdk --by files\n"
    "  ckpm detector check detectors/cmake.yaml\n",
}

TEST_SUFFIX = ".test.yaml"


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of one of these commands."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="report every fault of files, with line and path")
    check.add_argument("files", nargs="*", metavar="FILE", help="(default: all that ship)")
    add_common(check, "json")
    add_common(actions.add_parser("schema", help="print the JSON Schema for editors"), "json")
    new = actions.add_parser("new", help=f"write a {command} to start from")
    new.add_argument("name", metavar="NAME", help="the package")
    if command == "recipe":
        new.add_argument(
            "--from",
            dest="template",
            choices=sorted(RECIPES),
            default="archive",
            help="where it comes from (default: archive)",
        )
    else:
        new.add_argument(
            "--by",
            dest="template",
            choices=sorted(DETECTORS),
            default="program",
            help="what it is found by (default: program)",
        )
        test = actions.add_parser("test", help="scan the machines described beside detectors")
        test.add_argument(
            "names", nargs="*", metavar="NAME|FILE", help="detectors or test files (default: all)"
        )
        add_common(test, "json", "quiet")
    add_common(new, "json")


def run(command: str, options: argparse.Namespace, context: Context) -> int:
    """Run one of these commands."""
    match options.action:
        case "check":
            return _check(command, options, context)
        case "schema":
            context.print(json.dumps(json_schema(command), indent=2))
            return context.finish(json_schema(command))
        case "test":
            return _test(options, context)
        case _:
            return _new(command, options, context)


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


def _test(options: argparse.Namespace, context: Context) -> int:
    """Scan every described machine and tell how what was found differs from what must be."""
    from ckpm.detect.cases import differences
    from ckpm.recipe.machines import described_host

    paths, wrong = _test_files(options, context), []
    detectors = _with_tested(context.session.content.detectors, paths)
    cases = [(path, case) for path in paths for case in load_cases(path)]
    for path, case in cases:
        packages = case.packages or (path.name.removesuffix(TEST_SUFFIX),)
        narrowed = replace(case, packages=packages)
        told = differences(narrowed, detectors, described_host(case.machine))
        wrong += [f"{path}:{case.line}: {text}" for text in told]
    if wrong:
        noun = "difference" if len(wrong) == 1 else "differences"
        raise CkpmError("\n".join([f"{len(wrong)} {noun} from what the tests say", *wrong]))
    context.say(f"{len(cases)} machines are seen as they are")
    return context.finish({"machines": len(cases)})


def _with_tested(detectors: Iterable[Detector], tests: Iterable[Path]) -> list[Detector]:
    """Put the detectors beside the tests in place of others; nothing is run for these machines."""
    beside = (test.with_name(test.name.removesuffix(TEST_SUFFIX) + ".yaml") for test in tests)
    tested = {path.stem: load_detector(path) for path in beside if path.is_file()}
    return [*(each for each in detectors if each.package not in tested), *tested.values()]


def _test_files(options: argparse.Namespace, context: Context) -> list[Path]:
    """Return the files meant by names of packages, by paths, or by nothing at all."""
    directories = context.session.content.directories("detectors")
    if not options.names:
        return sorted(path for place in directories for path in place.glob(f"*{TEST_SUFFIX}"))
    return [_test_file(name, directories) for name in options.names]


def _test_file(name: str, directories: Sequence[Path]) -> Path:
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
        beside = path.with_name(path.stem + TEST_SUFFIX)
        return beside if beside.is_file() else path
    places = [directory / f"{name}{TEST_SUFFIX}" for directory in directories]
    found = next((path for path in places if path.is_file()), None)
    if found is None:
        raise NotFoundError(
            f"no test lies beside a detector of `{name}`",
            hints=[f"`ckpm detector new {name}` writes both to start from"],
        )
    return found


def _new(command: str, options: argparse.Namespace, context: Context) -> int:
    kind, templates = ("recipes", RECIPES) if command == "recipe" else ("detectors", DETECTORS)
    settings = context.session.settings
    directory = Path(".ckpm") / kind if Path("ckpm.yaml").exists() else settings.user / kind
    files = {directory / f"{options.name}.yaml": templates[options.template]}
    if command == "detector":
        files[directory / f"{options.name}{TEST_SUFFIX}"] = TESTS[options.template]
    for path in files:
        if path.exists():
            raise UsageError(f"`{path}` exists already")
    for path, text in files.items():
        write_text(path, text.format(name=options.name))
        context.say(f"wrote {path}")
    action = "test" if command == "detector" else "check"
    context.say(f"then: ckpm {command} {action} {next(iter(files))}")
    return context.finish({"files": [str(path) for path in files]})
