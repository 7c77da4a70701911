"""The documentation says what the program does: names, generated pages, examples, transcripts."""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import ckpm
from ckpm import errors
from ckpm.cli.app import COMMANDS, command_module, command_parser
from ckpm.errors import CkpmError
from ckpm.recipe.schema import reference_rows

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DATA = Path(os.environ.get("CKPM_TEST_DATA", ROOT.parent / "shared" / "data"))
ERRORS = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, CkpmError)]

pytestmark = pytest.mark.skipif(
    not (DOCS / "generate.py").is_file(), reason="the documentation is not beside these tests"
)


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def console_blocks(text: str) -> Iterator[str]:
    for indent, block in re.findall(
        r"^( *)```console\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL
    ):
        yield "".join(line.removeprefix(indent) for line in block.splitlines(keepends=True))


def generate() -> Any:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    code = generate().main(["--check"])
    assert code == 0, capsys.readouterr().out


def test_every_package_is_in_the_architecture_page() -> None:
    text = page("internals/architecture.md")
    directory = Path(ckpm.__file__).parent
    packages = [p.parent.name for p in directory.glob("*/__init__.py")]
    modules = [p.stem for p in directory.glob("*.py") if not p.stem.startswith("_")]
    missing = [name for name in (*packages, *modules) if f"`ckpm.{name}`" not in text]
    assert len(packages) > 5
    assert not missing


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_examples(name: str) -> None:
    module = command_module(name)
    parser = command_parser(name, module)
    assert f"## `ckpm {name}`\n" in page("reference/commands.md")
    assert len(COMMANDS[name][1]) > 10
    assert f"ckpm {name}" in module.EXAMPLES[name]
    assert module.EXAMPLES[name].strip() in parser.format_help()


@pytest.mark.parametrize("cls", ERRORS, ids=lambda cls: cls.__name__)
def test_every_error_is_documented_with_its_exit_code(cls: type[CkpmError]) -> None:
    assert re.search(
        rf"^\| `{cls.__name__}` .*\| {cls.exit_code} \|", page("reference/errors.md"), re.MULTILINE
    )
    assert re.search(
        rf"^\| {cls.exit_code} \|.*`{cls.__name__}`", page("reference/exit-codes.md"), re.MULTILINE
    )


@pytest.mark.parametrize("kind", ["recipe", "detector", "environment"])
def test_every_field_is_documented(kind: str) -> None:
    text = page(f"reference/{kind}.md")
    rows = list(reference_rows(kind))
    assert rows
    for path, _, _, meaning in rows:
        assert f"| `{path}` |" in text
        assert meaning


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    named = [*project["dependencies"], *(text for extra in extras for text in extra)]
    listed = re.findall(r"^\| ([^|]+) \| \S", page("internals/dependencies.md"), re.MULTILINE)
    known = {name.strip() for line in listed for name in line.split(",")}
    assert {re.split(r"[<>=;\s]", text)[0] for text in named} <= known


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    listed = re.findall(r"[-:] (\S+\.md)$", navigation, re.MULTILINE)
    assert sorted(pages) == sorted(listed)


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda p: str(p.relative_to(DOCS)))
def test_every_shown_command_line_is_understood(path: Path) -> None:
    for block in console_blocks(path.read_text(encoding="utf-8")):
        for line in re.findall(r"^\$ ckpm (\S.*)$", block, re.MULTILINE):
            understood(re.split(r" \| | && | > ", line)[0])


def understood(line: str) -> None:
    name, *rest = shlex.split(line, comments=True)
    if name.startswith("-"):
        return
    assert name in COMMANDS, line
    command_parser(name, command_module(name)).parse_args(rest)


def shown_yaml() -> list[Any]:
    pages = [*sorted((DOCS / "howto").glob("*.md")), ROOT / "CONTRIBUTING.md"]
    blocks = [
        (path.name, block)
        for path in pages
        for block in re.findall(
            r"^```yaml\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
    ]
    return [pytest.param(block, id=f"{name}-{n}") for n, (name, block) in enumerate(blocks)]


@pytest.mark.parametrize("text", shown_yaml())
def test_shown_recipes_and_detectors_are_sound(text: str, tmp_path: Path) -> None:
    from ckpm.recipe import load_recipe
    from ckpm.recipe.load import load_detector

    document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - every scalar is text
    if isinstance(document, dict) and "package" in document:
        path = tmp_path / f"{document['package']}.yaml"
        path.write_text(text, encoding="utf-8")
        assert load_detector(path).package == path.stem
    elif isinstance(document, dict) and "name" in document:
        path = tmp_path / f"{document['name']}.yaml"
        path.write_text(text, encoding="utf-8")
        assert load_recipe(path).sources
    else:
        assert document


def run_example(name: str, tmp_path: Path) -> str:
    environ = {
        **os.environ,
        "CKPM_STORE": str(tmp_path / "store"),
        "CKPM_CACHE": str(tmp_path / "cache"),
        "CKPM_CONFIG": str(tmp_path / "config"),
    }
    program = [sys.executable, "-W", "error", str(DOCS / "examples" / name)]
    done = subprocess.run(
        program, capture_output=True, text=True, env=environ, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_resolver_embeds_as_its_page_says(tmp_path: Path) -> None:
    output = run_example("embed_the_resolver.py", tmp_path)
    assert f"It prints:\n\n```text\n{output}```\n" in page("howto/embed-the-resolver.md")


@pytest.mark.network
def test_the_session_answers_in_python(tmp_path: Path) -> None:
    output = run_example("use_in_python.py", tmp_path)
    assert "format=frozen-graph" in output
    assert "format=tflite" in output.partition("android-arm64")[2]
    assert "2 there is no target `plan9`" in output


@pytest.mark.network
def test_the_session_installs_in_python(tmp_path: Path) -> None:
    assert re.search(
        r"^numpy \d+\.\d+", run_example("install_in_python.py", tmp_path), re.MULTILINE
    )


def test_every_example_is_quoted() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (DOCS / "howto").glob("*.md"))
    for path in (DOCS / "examples").glob("*.py"):
        assert path.read_text(encoding="utf-8").strip() in text


def transcript(text: str) -> list[tuple[str, list[str]]]:
    """Return each command of a page's console blocks with the output that is shown for it."""
    steps: list[tuple[str, list[str]]] = []
    for line in "".join(console_blocks(text)).splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        elif line == ">" or line.startswith("> "):
            steps[-1] = (f"{steps[-1][0]}\n{line[2:]}", steps[-1][1])
        elif line:
            steps[-1][1].append(line)
    return steps


def plain(line: str, home: str) -> str:
    """Leave out what differs between machines and days."""
    line = line.replace(home, "/home/ada").replace("(uv-python)", "(detected)")
    line = re.sub(r"\blinux-\w+", "PLATFORM", line)
    line = re.sub(r"\b\d+(\.\d+)*\b", "N", line).replace("threads", "thread")
    # How many more objects are seen depends on the processor's rounding.
    return re.sub(r"(\.jpg +\w+ N).*", r"\1", line).strip()


def play(steps: list[tuple[str, list[str]]], home: Path) -> list[list[str]]:
    """Run the commands in one shell and return the lines that each wrote."""
    script = "".join(f"echo '@@@'\n{command}\n" for command, _ in steps)
    environ = {name: v for name, v in os.environ.items() if not name.startswith(("CKPM_", "XDG_"))}
    environ |= {"HOME": str(home), "PATH": f"{Path(sys.executable).parent}:{environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-e"],
        input=script,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=home,
        env=environ,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return [part.splitlines() for part in done.stdout.split("@@@\n")[1:]]


@pytest.mark.network
def test_your_own_model_runs_as_its_page_says(tmp_path: Path) -> None:
    models = sorted((DATA / "models").glob("*.tflite"))
    if not models or not (DATA / "photos").is_dir():
        pytest.skip(f"no model and photographs in {DATA}")
    home = tmp_path.resolve() / "home"
    shutil.copytree(DATA / "photos", home / "Downloads" / "photos")
    shutil.copy(models[0], home / "Downloads" / "model.tflite")

    steps = transcript(page("tutorial/your-own-model.md"))
    outputs = play(steps, home)

    assert len(outputs) == len(steps)
    for (command, shown), output in zip(steps, outputs, strict=True):
        real = {plain(line, str(home)) for line in output}
        missing = [line for line in shown if plain(line, str(home)) not in real]
        assert not missing, (command, output)
    written = (home / "my-detector/detect-results/index.html").read_text(encoding="utf-8")
    assert "cat" in written


def test_files_stay_small_enough_to_read() -> None:
    sizes = {path: len(path.read_text().splitlines()) for path in (ROOT / "ckpm").rglob("*.py")}
    assert {str(path): size for path, size in sizes.items() if size > 400} == {}


def test_the_problem_file_s_example_has_the_answer_that_its_page_shows() -> None:
    from ckpm.model.platform import Platform
    from ckpm.recipe.questions import parse_question
    from ckpm.resolve import answer_question

    text = page("reference/problem-file.md")
    example, answer = (
        re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL) for kind in ("yaml", "json")
    )
    assert example
    assert answer
    here = Platform("here", os="linux", arch="x86_64", triple="x86_64-linux-gnu")
    resolution = answer_question(parse_question(example[1], "the page"), here)
    shown = json.loads(answer[1])
    assert {c.package: str(c.version) for c in resolution} == shown["packages"]
    assert [str(r) for r in resolution.choices[0].wanted_by] == shown["chosen"][0]["wanted_by"]
