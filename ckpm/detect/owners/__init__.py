"""Which package of the operating system's package manager owns a file, and its full version."""

from ckpm.detect.owners.cache import OwnerCache
from ckpm.detect.owners.lookup import owners

__all__ = ["OwnerCache", "owners"]
