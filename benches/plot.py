#!/usr/bin/env python3
"""Draws the CSV of `calls` or of `components` by size: plot.py CSV SVG.

Of `calls`, ratios: one panel a direction and encoding, one line a script; below 1 is
faster than glue by hand. Of `components`, times: one panel a kind of work, one line a
host, both axes by powers. No library is needed.
"""

import csv
import math
import sys

WIDTH, HEIGHT, LEFT, TOP = 300, 200, 46, 34
COLOURS = {"ascii": "#1f77b4", "latin": "#2ca02c", "cjk": "#d62728", "mixed": "#ff7f0e", "emoji": "#9467bd"}
HOSTS = {
    "C API": ("#d62728", "the engine's C API"),
    "typed": ("#7f7f7f", "the engine's types in Rust"),
    "structs": ("#1f77b4", "libwitrt from C"),
    "C++": ("#2ca02c", "libwitrt from C++"),
}


def main(source, target):
    panels = {}
    with open(source, newline="") as file:
        rows = list(csv.DictReader(file))
    is_of_calls = "ratio" in rows[0]
    for row in rows:
        if is_of_calls and row["script"]:
            panel = " ".join(row["workload"].split()[:2])
            line = panels.setdefault(panel, {}).setdefault(row["script"], [])
            line.append((int(row["bytes"]), float(row["ratio"])))
        elif not is_of_calls and row["who"] in HOSTS:
            line = panels.setdefault(row["row"], {}).setdefault(row["who"], [])
            line.append((int(row["size"]), float(row["ns"])))
    # What was measured at one size or two is no line.
    panels = {name: lines for name, lines in panels.items() if len(next(iter(lines.values()))) > 2}
    columns = 2
    rows = math.ceil(len(panels) / columns)
    width = columns * (WIDTH + LEFT + 20)
    height = rows * (HEIGHT + TOP + 40) + 30
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    legend = list(HOSTS.values())
    if is_of_calls:
        legend = [(colour, script) for script, colour in COLOURS.items()]
    for i, (colour, label) in enumerate(legend):
        out.append(f'<text x="{LEFT + (width - LEFT) // len(legend) * i}" y="16" fill="{colour}">{label}</text>')
    for i, (name, lines) in enumerate(sorted(panels.items())):
        x0 = LEFT + (i % columns) * (WIDTH + LEFT + 20)
        y0 = TOP + 20 + (i // columns) * (HEIGHT + TOP + 40)
        (draw if is_of_calls else draw_times)(out, name, lines, x0, y0)
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


def draw_times(out, name, lines, x0, y0):
    least, most = 64, max(ns for points in lines.values() for _, ns in points)
    most = 10 ** math.ceil(math.log10(most))

    def x(size):
        return x0 + WIDTH * math.log2(size / 8) / 13

    def y(ns):
        return y0 + HEIGHT * (1 - math.log(ns / least) / math.log(most / least))

    out.append(f'<text x="{x0}" y="{y0 - 6}" font-weight="bold">{name}: time of a call</text>')
    for power, label in enumerate(("100 ns", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms"), 2):
        if 10**power <= most:
            out.append(
                f'<line x1="{x0}" x2="{x0 + WIDTH}" y1="{y(10**power):.1f}" y2="{y(10**power):.1f}" stroke="#ddd"/>'
                f'<text x="{x0 - 6}" y="{y(10**power) + 4:.1f}" text-anchor="end">{label}</text>'
            )
    for size, label in ((8, "8 B"), (64, "64"), (1024, "1 Ki"), (8192, "8 Ki"), (65536, "64 Ki")):
        out.append(f'<text x="{x(size):.1f}" y="{y0 + HEIGHT + 14}" text-anchor="middle">{label}</text>')
    for who, points in lines.items():
        path = " ".join(f"{x(size):.1f},{y(ns):.1f}" for size, ns in sorted(points))
        out.append(f'<polyline points="{path}" fill="none" stroke="{HOSTS[who][0]}" stroke-width="2"/>')


if __name__ == "__main__":
    main(*sys.argv[1:])
