"""The store: immutable downloads and results, shared by all environments."""

from ckpm.store.keys import input_key
from ckpm.store.store import Store

__all__ = ["Store", "input_key"]
