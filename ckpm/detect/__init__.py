"""Find what a machine already has, without walking its disks."""

from ckpm.detect.journal import Journal, Sighting
from ckpm.detect.scan import detect
from ckpm.detect.search import Search

__all__ = ["Journal", "Search", "Sighting", "detect"]
