#!/usr/bin/env python3
"""Draws the README's pictures: arm.svg from what the program `pictures` prints, accuracy.svg from accuracy.json beside it.

    draw.py PROGRAM                          writes them
    draw.py PROGRAM --check                  fails if they are not what the numbers draw
    draw.py PROGRAM --mnist DIR TRAINER      first measures accuracy.json again: two lives of train_continuous, a minute (examples/get_mnist)
"""
import json
import math
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
STYLE = "font-family='sans-serif' font-size='13' fill='#333'"
BLUE, RED, GREY = "#1f6fb4", "#c8442d", "#aaa"


def page(width, height, body):
    head = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}'>"
    return "\n".join([head, f"<rect width='{width}' height='{height}' fill='white'/>", *body, "</svg>"]) + "\n"


def text(x, y, words, anchor="middle", more=""):
    return f"<text x='{x}' y='{y}' text-anchor='{anchor}' {STYLE}{more}>{words}</text>"


MAGNIFIED = 5  # how far the tip is off, as drawn


def arm(rows, misses):
    """Above, two seconds of the tip's path, under PD alone and with the learner, misses magnified; below, the misses of 75 seconds."""
    drawn = [[row[0]] + [[row[0][k] + MAGNIFIED * (tip[k] - row[0][k]) for k in (0, 1)] for tip in row[1:]] for row in rows]
    every = [tip for row in drawn for tip in row]
    left, right = min(x for x, _ in every), max(x for x, _ in every)
    low, high = min(y for _, y in every), max(y for _, y in every)
    side, gap = 300, 60
    scale = min((side - 40) / (right - left), (side - 40) / (high - low))
    body = []
    for number, (which, colour, title) in enumerate(((1, RED, "PD control alone"), (2, BLUE, "with what a minute has taught"))):
        x0 = 50 + number * (side + gap) + (side - (right - left) * scale) / 2

        def point(tip, x0=x0):
            return f"{x0 + (tip[0] - left) * scale:.1f},{side + 20 - (tip[1] - low) * scale:.1f}"

        def line(index, colour, width):
            points = " ".join(point(row[index]) for row in drawn)
            return f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='{width}'/>"

        strokes = [f"<path d='M{point(row[0])} L{point(row[which])}' stroke='{colour}' stroke-opacity='0.4'/>" for row in drawn[::3]]
        body += [text(50 + number * (side + gap) + side / 2, 24, title), line(0, GREY, 5), *strokes, line(which, colour, 2)]
    body.append(text(380, side + 48, f"grey: where the tip of the arm should be; off by as much as the strokes, drawn {MAGNIFIED} times as long"))
    return page(760, side + 255, body + chart(misses, side + 70))


def chart(misses, top):
    """How far the tip is off over time, a decade of metres for each step of the scale."""
    wide, tall, first, decades = 660, 150, -4, 4  # from 0.1 mm to 1 m
    seconds = len(misses) / 2
    body = []

    def across(second):
        return 70 + wide * second / seconds

    def up(metres):
        share = (math.log10(max(metres, 10.0 ** first)) - first) / decades
        return top + tall * (1 - share)

    for decade in range(first, first + decades):
        words = f"{10 ** (decade + 3):g} mm" if decade < 0 else "1 m"
        body += [f"<line x1='70' x2='{70 + wide}' y1='{up(10.0 ** decade):.1f}' y2='{up(10.0 ** decade):.1f}' stroke='#ddd'/>",
                 text(64, f"{up(10.0 ** decade) + 4:.1f}", words, "end")]
    for second in range(0, int(seconds) + 1, 15):
        body.append(text(f"{across(second):.1f}", top + tall + 20, f"{second} s"))
    body += [f"<line x1='{across(60):.1f}' x2='{across(60):.1f}' y1='{top}' y2='{top + tall}' stroke='#333' stroke-dasharray='4'/>",
             text(f"{across(60) + 6:.1f}", top + 12, "takes up 0.5 kg", "start")]
    for which, colour in ((0, RED), (1, BLUE)):
        points = " ".join(f"{across((i + 1) / 2):.1f},{up(row[which]):.1f}" for i, row in enumerate(misses))
        body.append(f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='2'/>")
    return body


def matrices(data):
    """What is recognised of each part of the classes after each part was learned."""
    cell, body = 52, []
    for number, (key, title) in enumerate((("without_replay", "a plain network"), ("with_replay", "with 200 remembered images"))):
        x0, y0 = 110 + number * (5 * cell + 70), 60
        body.append(text(x0 + 2.5 * cell, 24, title))
        for after, row in enumerate(data[key]):
            if number == 0:
                body.append(text(x0 - 10, y0 + after * cell + 31, f"after part {after + 1}", "end"))
            for part, share in enumerate(row):
                x, y = x0 + part * cell, y0 + after * cell
                ink = "white" if share > 0.55 else "#333"
                body.append(f"<rect x='{x}' y='{y}' width='{cell - 2}' height='{cell - 2}' fill='{BLUE}' fill-opacity='{0.05 + 0.95 * share:.2f}'/>")
                body.append(text(x + cell / 2 - 1, y + 31, f"{100 * share:.0f} %", more=f" style='fill:{ink}'"))
        body += [text(x0 + part * cell + cell / 2, y0 - 8, f"part {part + 1}") for part in range(5)]
    return page(110 + 10 * cell + 90, 60 + 5 * cell + 20, body)


# What train_continuous is asked beyond the data.
LIVES = {"without_replay": ["--replay-ratio", "0", "--answers", "fast"], "with_replay": ["--replay", "200"]}


def measure(mnist, trainer):
    """The share recognised of each part of the classes after each part, in per cent and tenths of one."""
    matrices = {}
    for name, options in LIVES.items():
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder, "report.json")
            subprocess.run([trainer, "--data", "idx", "--path", mnist, "--test", mnist, "--order", "by-class:5", *options, "-q",
                            "--report", report, "--checkpoint-dir", folder, "--log", f"{folder}/log"], check=True)
            rows = json.loads(report.read_text(encoding="utf-8"))["accuracy_matrix"]
            matrices[name] = [[round(share, 3) for share in row[:after + 1]] for after, row in enumerate(rows)]
    return matrices


def main():
    words = sys.argv[2:]
    if len(sys.argv) < 2 or words not in ([], ["--check"]) and not (words[0] == "--mnist" and len(words) == 3):
        sys.exit(__doc__)
    kept = HERE / "accuracy.json"
    if len(words) == 3:
        kept.write_text(json.dumps(measure(*words[1:]), indent=1) + "\n", encoding="utf-8")
    data = json.loads(subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout)
    wrong = 0
    for name, svg in (("arm.svg", arm(data["arm"], data["miss"])), ("accuracy.svg", matrices(json.loads(kept.read_text(encoding="utf-8"))))):
        path = HERE / name
        if words != ["--check"]:
            path.write_text(svg, encoding="utf-8")
            print(f"{path.name}: {len(svg)} bytes")
        elif not path.exists() or path.read_text(encoding="utf-8") != svg:
            print(f"{path.name} is not what the numbers draw: draw.py {sys.argv[1]}")
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
