"""Values come out of every shell byte for byte, and nothing in them runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckpm.activate.activation import Activation
from ckpm.activate.scripts import activation_scripts
from ckpm.model.environment import AppendPath, EnvChange, PrependPath, SetVar, apply_changes

CASES = Path(__file__).parents[1] / "cases" / "activate"
# Uniform text almost never holds the pairs that break quoting, such as a doubled backslash.
TEXTS = st.text(st.sampled_from(list("aé ~*?#!%^&|;:$`\\\"'(){}[]<>=-\t\n")), max_size=20)


def hostile_values(canary: object) -> list[str]:
    text = (CASES / "values.yaml").read_text(encoding="utf-8")
    return [value.replace("@CANARY@", str(canary)) for value in yaml.safe_load(text)]


def changes_from(values: list[str]) -> tuple[EnvChange, ...]:
    entries = [value for value in values if value and ":" not in value]
    return (
        *(SetVar(f"V{number}", value) for number, value in enumerate(values)),
        *(SetVar(f"V{number}_PATH", value) for number, value in enumerate(values)),
        *(PrependPath("SEARCH_PATH", entry) for entry in entries[::2]),
        *(AppendPath("SEARCH", entry) for entry in entries),
    )


def environ_from(values: list[str]) -> dict[str, str]:
    """Put other hostile values where ours go, to be found again afterwards."""
    turned = values[1:] + values[:1]
    old = {f"V{number}": value for number, value in enumerate(turned) if number % 2}
    # fish itself replaces an empty entry of any search path that it inherits.
    kept = [value for value in values if value and ":" not in value]
    return {
        "PATH": "/usr/bin:/bin",
        **old,
        "SEARCH_PATH": ":".join(kept),
        "SEARCH": ":".join(values),
    }


def check(shell: Any, activation: Activation, values: list[str]) -> None:
    lines = ["DUMP", shell.activate(activation), "DUMP", shell.deactivate, "DUMP"]
    before, active, after = shell.dumps(lines, environ_from(values))
    assert active == apply_changes(activation.all_changes, before)
    assert after == before


def test_hostile_values(shell: Any, generation: Any, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    values = hostile_values(canary)
    check(shell, generation("demo", 1, *changes_from(values)), values)
    assert not canary.exists()


def test_hostile_directories_and_names(shell: Any, generation: Any, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    names = [value for value in hostile_values("canary") if value.strip(".")]
    names = [name for name in names if not set(":/") & set(name)]
    activations = [generation(name, 1, PrependPath("PATH", "/env/bin")) for name in names]
    lines = ["DUMP"]
    for activation in activations:
        lines += [shell.activate(activation), "DUMP", shell.deactivate, "DUMP"]
    before, *dumps = shell.dumps(lines)
    for activation, active, after in zip(activations, dumps[::2], dumps[1::2], strict=True):
        assert active == apply_changes(activation.all_changes, before)
        assert after == before
    assert not canary.exists()
    assert not (shell.work_dir / "canary").exists()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(values=st.lists(TEXTS, min_size=30, max_size=60))
def test_any_values(shell: Any, values: list[str]) -> None:
    directory = shell.work_dir / "it's \\ here"
    directory.mkdir(exist_ok=True)
    activation = Activation("demo", "linux-x86_64", str(directory), changes_from(values))
    for file, text in activation_scripts(activation).items():
        (directory / file).write_bytes(text.encode())
    check(shell, activation, values)


def test_a_script_that_cannot_hold_a_value_says_so_and_fails(shell: Any, generation: Any) -> None:
    demo = generation("demo", 1, SetVar("FINE", "x"), SetVar("WITH_NUL", "a\0b"))
    done = shell.run([shell.activate(demo)])
    assert done.returncode != 0
    assert "cannot hold the value of WITH_NUL: it holds NUL" in done.stderr


@pytest.mark.parametrize("name", ["BASH_VERSINFO", "path", "version"])
def test_names_that_a_shell_keeps_are_refused_there_only(name: str) -> None:
    scripts = activation_scripts(Activation("demo", "t", "/d", (SetVar(name, "x"),)))
    refused = {file for file, text in scripts.items() if "keeps the variable" in text}
    assert len(refused) == 1
