from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ckpm.errors import ContentError
from ckpm.recipe.schema import RECORDS, json_schema, reference_rows
from ckpm.schema.decode import decode
from ckpm.schema.documents import parse_document

CASES = sorted((Path(__file__).parents[2] / "cases" / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_reports_every_fault_at_once(path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    with pytest.raises(ContentError) as caught:
        decode(RECORDS[case["kind"]], parse_document(case["text"], "x.yaml"), "x.yaml")
    assert list(caught.value.faults) == case["faults"]


@pytest.mark.parametrize("kind", RECORDS)
def test_schema_and_reference_cover_every_field(kind: str) -> None:
    fields = set(RECORDS[kind].fields)
    assert set(json_schema(kind)["properties"]) == fields
    assert fields <= {path.split(".")[0].rstrip("[]") for path, *_ in reference_rows(kind)}
