"""Recordings that would keep a scan busy for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpm.errors import ContentError
from ckpm.recipe.load import load_cases
from ckpm.recipe.machines import described_host

HEAD = "- machine:\n    environ: {PATH: /usr/bin}\n"


def test_links_that_double_with_each_other_end(tmp_path: Path) -> None:
    links = "".join(f"      /l{n}: {{link: /l{n + 1}/../l{n + 1}}}\n" for n in range(60))
    file = tmp_path / "r.yaml"
    file.write_text(f"{HEAD}    files:\n{links}      /l60: {{text: x}}\n  found: []\n")
    (case,) = load_cases(file)
    assert described_host(case.machine).inspect("/l0") is None
    assert described_host(case.machine).inspect("/l60") is not None


def test_a_crowd_of_files_has_a_bound(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text(f"{HEAD}    many: {{'/data/*.jpg': 3000000000}}\n  found: []\n")
    with pytest.raises(ContentError, match=r"r\.yaml:\d+: .*at most"):
        load_cases(file)
