"""The result as one self-contained page: photographs, tables and nothing to download."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from detections import Detection, Photo

STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --soft: #667085; --paper: #f4f6f9;
        --card: #fff; --line: #e3e8ef; --accent: #1d7acd; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ecf3; --soft: #98a2b3; --paper: #12161d; --card: #1b212b;
          --line: #2c3440; --accent: #6bb3f2; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2.5rem 1.25rem; color: var(--ink); background: var(--paper);
       font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 72rem; margin: 0 auto; }
h1 { margin: 0 0 .25rem; font-size: 1.9rem; letter-spacing: -.02em; }
.lead { margin: 0 0 1.5rem; color: var(--soft); overflow-wrap: anywhere; }
.facts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1.75rem; }
.facts div { padding: .7rem 1.1rem; background: var(--card); border: 1px solid var(--line);
             border-radius: .75rem; }
.facts dt { color: var(--soft); font-size: .8rem; }
.facts dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
.photos { display: grid; gap: 1.25rem; align-items: start;
          grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); }
figure { margin: 0; overflow: hidden; background: var(--card); border: 1px solid var(--line);
         border-radius: .9rem; }
figure img { display: block; width: 100%; height: auto; }
figcaption { padding: .8rem 1rem 1rem; }
figcaption b { overflow-wrap: anywhere; }
figcaption span, .empty { color: var(--soft); font-size: .85rem; }
table { width: 100%; margin-top: .5rem; border-collapse: collapse; font-size: .9rem; }
th { color: var(--soft); font-weight: 500; font-size: .8rem; text-align: left; }
th, td { padding: .25rem 0; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 5rem; vertical-align: middle; accent-color: var(--accent); }
"""


@dataclass(frozen=True)
class Picture:
    """An annotated photograph, as JPEG, and the detections drawn on it."""

    photo: Photo
    detections: tuple[Detection, ...]
    jpeg: bytes


def render_page(lead: str, facts: Sequence[tuple[str, str]], pictures: Sequence[Picture]) -> str:
    """Return the whole page; every text given is escaped here."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Object detection</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>Object detection</h1>
<p class="lead">{escape(lead)}</p>
<dl class="facts">{"".join(_fact(name, value) for name, value in facts)}</dl>
<div class="photos">
{"".join(_figure(picture) for picture in pictures)}</div>
</main>
</body>
</html>
"""


def _fact(name: str, value: str) -> str:
    return f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"


def _figure(picture: Picture) -> str:
    photo = picture.photo
    source = "data:image/jpeg;base64," + base64.b64encode(picture.jpeg).decode("ascii")
    return (
        f'<figure><img src="{source}" alt="{escape(_description(picture))}">'
        f"<figcaption><b>{escape(photo.file)}</b> <span>{photo.width} &times; {photo.height}</span>"
        f"{_table(picture.detections)}</figcaption></figure>\n"
    )


def _description(picture: Picture) -> str:
    names = ", ".join(found.label for found in picture.detections) or "nothing"
    return f"{picture.photo.file}, found: {names}"


def _table(detections: Sequence[Detection]) -> str:
    if not detections:
        return '<p class="empty">Nothing found above the threshold.</p>'
    rows = "".join(_row(found) for found in detections)
    return (
        '<table><tr><th>object</th><th class="number">score</th><th></th>'
        f'<th class="number">width &times; height</th></tr>{rows}</table>'
    )


def _row(found: Detection) -> str:
    width, height = found.box.x1 - found.box.x0, found.box.y1 - found.box.y0
    return (
        f'<tr><td>{escape(found.label)}</td><td class="number">{found.score:.2f}</td>'
        f'<td class="number"><meter min="0" max="1" value="{found.score:.3f}"></meter></td>'
        f'<td class="number">{width:.0f} &times; {height:.0f}</td></tr>'
    )
