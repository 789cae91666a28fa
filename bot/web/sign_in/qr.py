"""QR codes as a path of an SVG: markup of ours draws it, and no image has to be served."""

import segno


def qr_path(text: str) -> str:
    """`{size} {path}`: draw the path in a square of that many units, a quiet margin of 2 included."""
    rows = segno.make(text, error="m", micro=False).matrix
    size = len(rows) + 4
    runs = []
    for y, row in enumerate(rows, start=2):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                runs.append(f"M{x + 2} {y}h{length}v1h-{length}z")
            x += length or 1
    return f"{size} {''.join(runs)}"
