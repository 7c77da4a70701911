"""Run workflows inside environments and record what came out."""

from ckpm.workflow.execute import run_workflow
from ckpm.workflow.results import Results, RunRecord

__all__ = ["Results", "RunRecord", "run_workflow"]
