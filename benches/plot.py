#!/usr/bin/env python3
"""Draws the ratios of a CSV of `calls` by size: plot.py CSV SVG.

One panel a direction and encoding, one line a script; below 1 is faster than
glue by hand. No library is needed.
"""

import csv
import math
import sys

WIDTH, HEIGHT, LEFT, TOP = 300, 200, 46, 34
COLOURS = {"ascii": "#1f77b4", "latin": "#2ca02c", "cjk": "#d62728", "mixed": "#ff7f0e", "emoji": "#9467bd"}


def main(source, target):
    panels = {}
    with open(source, newline="") as file:
        for row in csv.DictReader(file):
            if row["script"]:
                panel = " ".join(row["workload"].split()[:2])
                line = panels.setdefault(panel, {}).setdefault(row["script"], [])
                line.append((int(row["bytes"]), float(row["ratio"])))
    columns = 2
    rows = math.ceil(len(panels) / columns)
    width = columns * (WIDTH + LEFT + 20)
    height = rows * (HEIGHT + TOP + 40) + 30
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for i, (script, colour) in enumerate(COLOURS.items()):
        out.append(f'<text x="{LEFT + 80 * i}" y="16" fill="{colour}">{script}</text>')
    for i, (name, lines) in enumerate(sorted(panels.items())):
        x0 = LEFT + (i % columns) * (WIDTH + LEFT + 20)
        y0 = TOP + 20 + (i // columns) * (HEIGHT + TOP + 40)
        draw(out, name, lines, x0, y0)
    out.append("</svg>\n")
    with open(target, "w") as file:
        file.write("\n".join(out))


def draw(out, name, lines, x0, y0):
    most = 2.0

    def x(size):
        return x0 + WIDTH * math.log2(size / 8) / 17

    def y(ratio):
        return y0 + HEIGHT * (1 - min(ratio, most) / most)

    out.append(f'<text x="{x0}" y="{y0 - 6}" font-weight="bold">{name}: time, by hand = 1</text>')
    for ratio in (0, 0.5, 1, 1.5, 2):
        stroke = "#888" if ratio == 1 else "#ddd"
        out.append(
            f'<line x1="{x0}" x2="{x0 + WIDTH}" y1="{y(ratio):.1f}" y2="{y(ratio):.1f}" stroke="{stroke}"/>'
            f'<text x="{x0 - 6}" y="{y(ratio) + 4:.1f}" text-anchor="end">{ratio}</text>'
        )
    for size, label in ((8, "8"), (64, "64"), (256, "256"), (1024, "1 Ki"), (65536, "64 Ki"), (1048576, "1 Mi")):
        out.append(f'<text x="{x(size):.1f}" y="{y0 + HEIGHT + 14}" text-anchor="middle">{label}</text>')
    for script, points in lines.items():
        path = " ".join(f"{x(size):.1f},{y(ratio):.1f}" for size, ratio in sorted(points))
        out.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[script]}" stroke-width="2"/>')


if __name__ == "__main__":
    main(*sys.argv[1:])
