#!/usr/bin/env python3
"""Draws the README's pictures: arm.svg from what the program `pictures` prints, accuracy.svg from accuracy.json beside it.

    draw.py PROGRAM                          writes them
    draw.py PROGRAM --check                  fails if they are not what the numbers draw
    draw.py PROGRAM --mnist DIR TRAINER      first measures accuracy.json again: two lives of train_continuous, a minute (examples/get_mnist)
"""
import json
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


def arm(rows):
    """The path of the arm's tip over two seconds, twice: wanted against PD alone, wanted against the learner."""
    every = [tip for row in rows for tip in row]
    left, right = min(x for x, _ in every), max(x for x, _ in every)
    low, high = min(y for _, y in every), max(y for _, y in every)
    side, gap = 300, 40
    scale = (side - 40) / max(right - left, high - low)
    body = []
    for number, (which, colour, title) in enumerate(((1, RED, "PD control alone"), (2, BLUE, "with what a minute has taught"))):
        x0 = 20 + number * (side + gap)

        def line(index, colour, width, dash="", x0=x0):
            points = " ".join(f"{x0 + 20 + (row[index][0] - left) * scale:.1f},{side + 10 - (row[index][1] - low) * scale:.1f}" for row in rows)
            return f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='{width}'{dash}/>"

        def miss(row, x0=x0, which=which, colour=colour):  # from where the tip is to where it should be at that moment
            (x1, y1), (x2, y2) = (row[0], row[which])
            ends = [x0 + 20 + (x1 - left) * scale, side + 10 - (y1 - low) * scale, x0 + 20 + (x2 - left) * scale, side + 10 - (y2 - low) * scale]
            return "<line x1='{:.1f}' y1='{:.1f}' x2='{:.1f}' y2='{:.1f}' stroke='{}'/>".format(*ends, colour)

        body += [text(x0 + side / 2, 24, title), line(0, GREY, 6), line(which, colour, 2), *(miss(row) for row in rows[::3])]
    millimetre = scale / 1000
    body += [f"<line x1='30' y1='{side + 30}' x2='{30 + 50 * millimetre:.1f}' y2='{side + 30}' stroke='#333' stroke-width='2'/>",
             text(f"{36 + 50 * millimetre:.1f}", side + 34, "5 cm; grey: where the tip should be; strokes: how far it is from there at that moment", "start")]
    return page(2 * side + gap + 40, side + 50, body)


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
    for name, svg in (("arm.svg", arm(data["arm"])), ("accuracy.svg", matrices(json.loads(kept.read_text(encoding="utf-8"))))):
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
