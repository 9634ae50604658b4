#!/usr/bin/env python3
"""Refreshes the README's tables from the programs named above them.

    tables.py BUILD [--check] [NAME...]      NAME: size, bench_anomaly, bench_step; default: all

A table stands between "<!-- begin NAME -->" and "<!-- end NAME -->". With --check nothing is written: bytes and counts must be the same,
ratios of times within a third, since they depend on the machine and its load.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def size(_):
    rows = ["| linked beyond the same firmware without a learner | text | goal | RAM |", "|---|---|---|---|"]
    for line in said(ROOT / "tests/size/run").splitlines():
        found = re.match(r"(.+): (\d+) bytes of text \(budget (\d+)\)(?:, (\d+) bytes of RAM)?", line)
        what, text, goal, ram = found.groups()
        rows.append(f"| {what} | {int(text):,} | {int(goal):,} | {f'{int(ram):,}' if ram else ''} |")
    return rows


def bench_anomaly(build):
    names = {"stuck joint": "a stuck joint", "drifting sensor": "a drifting encoder, 0.1 to 0.2 rad/s", "collision": "a collision"}
    rows = ["| | staged | noticed | named right | delay, median (worst) |", "|---|---|---|---|---|"]
    for line in said(build / "bench_anomaly", "--json").splitlines():
        row = json.loads(line)
        if "fault" in row:
            rows.append(f"| {names[row['fault']]} | {row['staged']} | {row['noticed']} | {row['named_right']} "
                        f"| {row['delay_median']:.2f} s ({row['delay_worst']:.2f}) |")
        else:
            rows += ["", f"False alarms: {row['false_alarms']} in {row['healthy_hours']:.0f} healthy hours."]
    return rows


def bench_step(build):
    nets, peers = {}, []
    for row in json.loads(said(build / "bench_step", "--json"))["nets"]:
        if row["activation"] == "relu":
            nets.setdefault(row["net"], {})[row["arithmetic"]] = row
            peers = [peer["name"] for peer in row["peers"]]
    heads = ["net", "plain C", "synapse, `separate`", "synapse, `fused`", *peers, "forward, `separate`"]
    rows = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for net, ways in nets.items():
        plain, separate = ways["separate"]["plain_step_ns"], ways["separate"]
        cells = [net, f"{plain:,.0f} ns"]
        cells += [f"{way['step_ns']:,.0f} ns, {plain / way['step_ns']:.1f}x" for way in (separate, ways["fused"])]
        cells += [f"{peer['step_ns']:,.0f} ns" for peer in separate["peers"]]
        rows.append(f"| {' | '.join(cells)} | {separate['plain_forward_ns'] / separate['forward_ns']:.1f}x |")
    return rows


TABLES = {"size": size, "bench_anomaly": bench_anomaly}
TIMED = {"bench_step": bench_step}


def agree(old, new, timed):
    if not timed:
        return old == new
    ratios = [[float(n) for n in re.findall(r"([\d.]+)x", text)] for text in (old, new)]
    return len(ratios[0]) == len(ratios[1]) and all(abs(a - b) <= max(a, b) / 3 for a, b in zip(*ratios))


def main():
    given = [a for a in sys.argv[1:] if a != "--check"]
    every = {**TABLES, **TIMED}
    if not given or any(name not in every for name in given[1:]):
        sys.exit(__doc__)
    build, names = pathlib.Path(given[0]).resolve(), given[1:] or list(every)
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    wrong = 0
    for name in names:
        block = re.compile(rf"(<!-- begin {name} -->\n)(.*?)(<!-- end {name} -->)", re.DOTALL)
        found = block.search(text)
        if not found:
            print(f"README.md has no table {name}")
            wrong = 1
            continue
        table = "\n".join(every[name](build)) + "\n"
        same = agree(found.group(2), table, name in TIMED)
        print(f"{name}: {'as measured' if same else 'differs'}")
        if not same and "--check" in sys.argv:
            print(table)
            wrong = 1
        elif "--check" not in sys.argv:
            text = text[:found.start(2)] + table + text[found.end(2):]
    if "--check" not in sys.argv:
        readme.write_text(text, encoding="utf-8")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
