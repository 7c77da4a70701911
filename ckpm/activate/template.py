"""Put values into script text."""

from __future__ import annotations


def fill(template: str, **values: str) -> str:
    """Replace each ``@name@``; a value that looks like a placeholder is left as it is."""
    parts = template.split("@")
    parts[1::2] = [values[name] for name in parts[1::2]]
    return "".join(parts)
