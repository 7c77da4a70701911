"""Write the reference pages that follow from the code, and the examples quoted in other pages.

``python docs/generate.py`` writes them, ``--check`` says which are out of date and fails. The pages
of commands are made from the parsers, as ``--help`` is, but without argparse's layout, which
differs between Python versions.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ckpm import errors
from ckpm._content import bundled_dir
from ckpm.cli.app import COMMANDS, command_module, command_parser
from ckpm.errors import CkpmError
from ckpm.recipe import load_detectors
from ckpm.recipe.schema import reference_rows

DOCS = Path(__file__).resolve().parent
QUOTED = re.compile(r"(<!-- docs/examples/(\w+\.py) -->\n+```python\n).*?(\n```\n)", re.DOTALL)
MARK = "<!-- Written by docs/generate.py; change the code, then run that. -->\n\n"

RECIPE_INTRO = """\
# Recipe fields

A recipe is `<package>.yaml` in a `recipes/` directory. Files that it needs lie beside it, in a
directory of the same name. [Write a recipe](../howto/write-a-recipe.md) shows one from start to
end, and `ckpm recipe schema` prints the JSON Schema for editors.

Every value is read as text: `1.10` stays `1.10`. `[]` stands for each item of a list, `.*` for each
key of a mapping.

"""

RECIPE_NOTES = """
## Conditions

`when` maps option names to the values under which something holds; `platform` is matched as a glob,
such as `linux-*`. Every condition must hold; a list of values means any of them.

## Placeholders

A placeholder is replaced by its value and never evaluated. One that has no value is an error.

| placeholder | in | stands for |
|---|---|---|
| `{prefix}` | `env`, `steps`, `test` | the package's own directory |
| `{version}` | `env`, `steps`, `test` | the chosen version |
| `{target}`, `{target.triple}`, `{target.abi}` | `env`, `steps` | the platform it is made for |
| `{source}` | `steps` | where the parts were unpacked |
| `{recipe}` | `steps` | the directory beside the recipe |
| `{needs.NAME}` | `steps`, `configure` | the directory of a package it needs |
| `{tools.NAME}` | `steps`, `configure` | the program of a tool; `{tools.python}` runs here |
| `{jobs}` | `steps` | how many processors there are |
| `{drop}` | `instructions` | where a person puts a file of a `manual` source |
"""

DETECTOR_INTRO = """\
# Detector fields

A detector is `<package>.yaml` in a `detectors/` directory, with `<package>.test.yaml` beside it.
[Write a detector](../howto/write-a-detector.md) shows one from start to end, and
`ckpm detector schema` prints the JSON Schema for editors.

"""

ENVIRONMENT_INTRO = """\
# Environment fields

A project keeps one environment file, `ckpm.yaml`. The ready environments of `ckpm env list` are
files of the same form in `envs/`. `ckpm recipe check ckpm.yaml` reports every fault.

"""

ENVIRONMENT_NOTES = """
## Placeholders of a workflow

| placeholder | stands for |
|---|---|
| `{output}` | the directory of this run's results |
| `{parameters.NAME}` | the value of a parameter |
| `{env.NAME}` | a variable of the environment |

The default of a parameter may hold `{env.NAME}` and `{output}`. What a person gives on the command
line is taken literally.
"""

COMMANDS_INTRO = """\
# Commands

What each command takes. `ckpm COMMAND --help` prints the same. stdout carries data, stderr carries
talk; with `--json`, stdout is one JSON document, also when the command fails.

"""

ERRORS_INTRO = """\
# Errors

Every error is one lower-case clause, followed by `hint:` lines. With `--json` the document holds
`error.kind`, `error.message`, `error.hints` and `error.exit_code`. Programs that embed ckpm catch
`CkpmError` or one of its subclasses, all in `ckpm.errors`.

"""


DETECTED_INTRO = """\
# Packages that ckpm finds

`ckpm detect` looks for all of these, `ckpm detect NAME` for one. In brackets is how many described
machines its test has, with the outputs of real versions and of what must not be taken for it.
[Write a detector](../howto/write-a-detector.md) adds another. """

FINDERS = {
    "executables": "Found by their programs",
    "libraries": "Found by their libraries",
    "distribution": "Python distributions",
    "layouts": "Datasets and models, found by what they hold",
    "files": "Found by other files",
}

COVERAGE_INTRO = """\
# Detectors beside those of others

What Collective Knowledge, its successor MLC, Spack and Conan look for on a machine, by their names,
and what finds it here. Where nothing does, the reason is said. Collective Knowledge's lists are its
last, of 2022; the others are of 2026. The data is `docs/coverage.yaml`.

"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the pages; the exit code is 1 when a check finds a stale one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    stale = [path for path, text in pages() if _text(path) != text]
    if not options.check:
        for path, text in pages():
            path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{'stale' if options.check else 'wrote'}: {path.relative_to(DOCS.parent)}")
    if stale and options.check:
        print("run: python docs/generate.py", file=sys.stderr)
    return int(bool(stale) and options.check)


def pages() -> Iterator[tuple[Path, str]]:
    """Yield each page that follows from the code, with the text that it must have."""
    reference = DOCS / "reference"
    yield reference / "recipe.md", MARK + RECIPE_INTRO + fields("recipe") + RECIPE_NOTES
    yield reference / "detector.md", MARK + DETECTOR_INTRO + fields("detector")
    yield reference / "detected-packages.md", MARK + DETECTED_INTRO + detected()
    yield (
        reference / "environment.md",
        MARK + ENVIRONMENT_INTRO + fields("environment") + ENVIRONMENT_NOTES,
    )
    yield reference / "commands.md", MARK + COMMANDS_INTRO + "\n".join(map(command, COMMANDS))
    yield reference / "errors.md", MARK + ERRORS_INTRO + error_table()
    yield DOCS / "internals" / "detector-coverage.md", MARK + COVERAGE_INTRO + coverage()
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        if QUOTED.search(text):
            yield path, QUOTED.sub(_quote, text)


def detected() -> str:
    """Return every package that can be found, by what finds it, with how many machines test it."""
    bundled = load_detectors(bundled_dir("detectors"))
    kinds: dict[str, list[str]] = {kind: [] for kind in FINDERS}
    for detector in bundled:
        kind = next(kind for kind in FINDERS if getattr(detector, kind))
        test = bundled_dir("detectors") / f"{detector.package}.test.yaml"
        machines = test.read_text(encoding="utf-8").count("- machine:")
        kinds[kind].append(f"`{detector.package}` ({machines})")
    sections = [
        f"## {FINDERS[kind]}: {len(names)}\n\n{', '.join(names)}\n" for kind, names in kinds.items()
    ]
    return f"{len(bundled)} packages.\n\n" + "\n".join(sections)


def coverage() -> str:
    """Return the lists of others with what finds each name here, and totals before them."""
    text = (DOCS / "coverage.yaml").read_text(encoding="utf-8")
    lists = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - every scalar is text
    header = ("list", "names", "found", "known otherwise", "gaps")
    rows = [_counts(each) for each in lists]
    total = ("together", *(str(sum(int(row[n]) for row in rows)) for n in range(1, len(header))))
    return "\n".join([table(header, [*rows, total]), *map(_covered, lists)])


def _counts(covered: Mapping[str, Any]) -> tuple[str, ...]:
    found, *others = (
        len(covered["found"]),
        *(sum(map(len, covered.get(kind, {}).values())) for kind in ("elsewhere", "gaps")),
    )
    return (_list_name(covered), *map(str, (found + sum(others), found, *others)))


def _covered(covered: Mapping[str, Any]) -> str:
    rows = ((name, ", ".join(f"`{d}`" for d in ours)) for name, ours in covered["found"].items())
    lines = [f"## {_list_name(covered)}\n", table(("their name", "found by"), rows)]
    for title, kind in (("Known otherwise", "elsewhere"), ("Gaps", "gaps")):
        if covered.get(kind):
            told = (f"- {reason}: {', '.join(ns)}\n" for reason, ns in covered[kind].items())
            lines += [f"{title}:\n", "".join(told)]
    return "\n".join(lines)


def _list_name(covered: Mapping[str, Any]) -> str:
    return f"{covered['tool']}: {covered['list']}"


def fields(kind: str) -> str:
    """Return the table of one kind of content file."""
    rows = (
        (f"`{path}`", shape, needed, _cell(doc))
        for path, shape, needed, doc in reference_rows(kind)
    )
    return table(("field", "kind", "required", "what it means"), rows)


def command(name: str) -> str:
    """Return the section of one command."""
    parser = command_parser(name, command_module(name))
    lines = [f"## `ckpm {name}`", "", parser.description or "", "", *_arguments(parser)]
    for action, child in _actions(parser):
        lines += [f"### `ckpm {name} {action.dest}`", "", _sentence(action.help), ""]
        lines += _arguments(child, f"ckpm {name} {action.dest}")
    examples = textwrap.dedent((parser.epilog or "").removeprefix("examples:\n")).strip("\n")
    if examples:
        lines += ["```text", examples, "```", ""]
    return "\n".join(lines)


def error_table() -> str:
    """Return the table of every error class, in the order of their file."""
    found = [
        item
        for item in vars(errors).values()
        if inspect.isclass(item) and issubclass(item, CkpmError)
    ]
    rows = (
        (f"`{cls.__name__}`", f"`{_kind(cls)}`", str(cls.exit_code), _summary(cls)) for cls in found
    )
    return table(("class", "`kind` in JSON", "exit code", "what it means"), rows)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _arguments(parser: argparse.ArgumentParser, prog: str = "") -> list[str]:
    actions = [a for a in parser._actions if not isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001
    shown = [a for a in actions if a.dest != "help"]
    places = [_place(a) for a in shown if not a.option_strings]
    options = ["[OPTION ...]"] if len(places) < len(shown) else []
    synopsis = " ".join([prog or parser.prog, *options, *places])
    if not prog and len(shown) < len(parser._actions) - 1:  # noqa: SLF001
        return ["One of these actions:", ""]
    lines = ["```text", synopsis, "```", ""]
    if shown:
        rows = ((_named(a), _cell(_help(a))) for a in shown)
        lines += [table(("argument", "meaning"), rows)]
    return lines


def _actions(
    parser: argparse.ArgumentParser,
) -> Iterator[tuple[argparse.Action, argparse.ArgumentParser]]:
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for choice in action._choices_actions:  # noqa: SLF001
                yield choice, action.choices[choice.dest]


def _place(action: argparse.Action) -> str:
    name = _value(action)
    match action.nargs:
        case "?":
            return f"[{name}]"
        case "*":
            return f"[{name} ...]"
        case "+":
            return f"{name} [{name} ...]"
        case _:
            return name


def _named(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{_cell(_place(action))}`"
    value = "" if action.nargs == 0 else f" {_cell(_value(action))}"
    *short, last = action.option_strings
    return ", ".join([*(f"`{name}`" for name in short), f"`{last}{value}`"])


def _value(action: argparse.Action) -> str:
    if action.choices and not action.metavar:
        return "|".join(map(str, action.choices))
    name = action.metavar or (action.dest.upper() if action.option_strings else action.dest)
    return str(name)


def _help(action: argparse.Action) -> str:
    return action.help or ""


def _sentence(text: str | None) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _kind(cls: type[CkpmError]) -> str:
    return cls.__name__.removesuffix("Error")


def _summary(cls: type[CkpmError]) -> str:
    return (inspect.getdoc(cls) or "").splitlines()[0].replace("``", "`")


def _quote(match: re.Match[str]) -> str:
    text = (DOCS / "examples" / match[2]).read_text(encoding="utf-8")
    return match[1] + text.rstrip("\n") + match[3]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
