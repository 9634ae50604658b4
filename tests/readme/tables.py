#!/usr/bin/env python3
"""Refreshes the README's tables by the commands that stand beside them (measured.py).

    tables.py BUILD [NAME...]                  measures and writes; default: every table whose data is there
    tables.py BUILD --check [NAME...]          writes nothing: each command stands beside its table, and, run in small, says its columns
    tables.py BUILD --compare [NAME...]        writes nothing: what is measured is what stands there; of times, ratios (4.5x) within a third
      --data DIR      where mnist/ and streams/ (elec2.csv, weather.csv) are, instead of build/
      --kept DIR      what a command prints is kept there, and read instead of running it again

A table stands between "<!-- begin NAME -->" and "<!-- end NAME -->". BUILD is a build tree in which all is built.
"""
import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import small_data
from measured import MNIST, STREAMS, TABLES

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
SEEDS = 3  # of a life of train_continuous


class Missing(Exception):
    pass


class Runner:
    def __init__(self, build, data, kept=None, seeds=SEEDS):
        self.build, self.data, self.kept, self.seeds = build, data, kept, seeds
        self.said = {}

    def __call__(self, command):
        if command not in self.said:
            file = self.kept / (re.sub(r"\W+", "-", command).strip("-") + ".txt") if self.kept else None
            if file and file.exists():
                self.said[command] = file.read_text(encoding="utf-8")
            else:
                self.said[command] = self.life(command) if command.startswith("train_continuous") else self.run(self.words(command))
                if file:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(self.said[command], encoding="utf-8")
        return self.said[command]

    def words(self, command):
        words = shlex.split(command)
        for i, word in enumerate(words):
            if word == MNIST or word in STREAMS.split():
                words[i] = str(self.data / pathlib.Path(word).relative_to("build"))
                if not pathlib.Path(words[i]).exists():
                    raise Missing(f"no {words[i]}")
            elif i == 0 or word == "train_continuous":
                words[i] = str(next((p for p in (ROOT / word, self.build / word, self.build / "tests" / word) if p.is_file()), ""))
                if not words[i]:
                    raise SystemExit(f"{word} is neither in {ROOT} nor built in {self.build}")
        return words

    @staticmethod
    def run(words):
        done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT)
        if done.returncode != 0:
            raise SystemExit(f"{shlex.join(words)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def life(self, command):
        """The reports of some lives, as one: the means of what is told of them."""
        reports = []
        for seed in range(1, self.seeds + 1):
            with tempfile.TemporaryDirectory() as folder:
                self.run([*self.words(command), "--seed", str(seed), "-q", "--report", f"{folder}/report.json", "--checkpoint-dir", folder,
                          "--log", f"{folder}/log"])
                reports.append(json.loads(pathlib.Path(folder, "report.json").read_text(encoding="utf-8")))
        mean = {name: sum(r[name] for r in reports) / len(reports) for name in ("samples", "seconds", "test_accuracy", "forgetting")}
        asked = re.search(r"--replay (\d+)", command)
        return json.dumps({**mean, "bytes": reports[0]["learner_bytes"], "replay": int(asked.group(1)) if asked else 1000})


def machine(build):
    """In a line: what these times were measured on."""
    cpu = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    system = re.search(r'^PRETTY_NAME="(.*)"$', pathlib.Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE)
    cache = (build / "CMakeCache.txt").read_text(encoding="utf-8")
    compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.MULTILINE).group(1)
    version = subprocess.run([compiler, "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()
    return [f"Times: one core of {cpu.group(1) if cpu else 'an unnamed processor'}, {system.group(1)}, {pathlib.Path(compiler).name} {version}."]


def block_of(text, name):
    found = re.search(rf"(<!-- begin {name} -->\n)(.*?)(<!-- end {name} -->)", text, re.DOTALL)
    if not found:
        raise SystemExit(f"README.md has no table {name}")
    return found


def cells(row):
    return [cell.strip() for cell in row.strip("|").split("|")]


def complaints(text, name, rows):
    """What is wrong with a table of the README, given the rows that its commands make in small."""
    block = block_of(text, name)
    told = block.group(2).splitlines()
    before = re.sub(r"\s+", " ", re.split(r"<!-- end \w+ -->", text[:block.start()])[-1])
    shared = [other for other in TABLES if other != name and TABLES[other].commands == TABLES[name].commands]
    for command in TABLES[name].commands:
        shown = command.removesuffix(" --json")
        for other in TABLES[name].commands:  # of one that goes on from another its own words suffice
            shown = shown.removeprefix(other + " ")
        if f"`{shown}`" not in before and not any(f"<!-- end {other} -->" in text[:block.start()] for other in shared):
            yield f"{name}: `{shown}` does not stand before it"
    if not told:
        yield f"{name}: is empty"
        return
    heads = cells(told[0])
    if [head for head in heads if head in cells(rows[0])] != cells(rows[0]):  # a peer may be missing here
        yield f"{name}: its columns are {heads}, those measured {cells(rows[0])}"
    labels = {cells(row)[0] for row in told[2:] if row.startswith("|")}
    for row in rows[2:]:
        if row.startswith("|") and cells(row)[0] not in labels:
            yield f"{name}: has no row {cells(row)[0]!r}"


def agree(old, new, timed):
    if not timed or old == new:
        return old == new
    ratios = [[float(n) for n in re.findall(r"([\d.]+)x", text)] for text in (old, new)]
    return ratios[0] != [] and len(ratios[0]) == len(ratios[1]) and all(abs(a - b) <= max(a, b) / 3 for a, b in zip(*ratios))


def check(build, names):
    text = README.read_text(encoding="utf-8")
    found = [f"README.md: a table {name} that no command makes" for name in re.findall(r"<!-- begin (\w+) -->", text)
             if name not in TABLES and name != "machine"]
    with tempfile.TemporaryDirectory() as folder:
        small_data.write(pathlib.Path(folder))
        run = Runner(build, pathlib.Path(folder), seeds=1)
        for name in names:
            found += complaints(text, name, TABLES[name].rows([run(command) for command in TABLES[name].small]))
    print("\n".join(found) or f"{len(names)} tables, each with its commands")
    return 1 if found else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--kept", type=pathlib.Path)
    asked = parser.parse_intermixed_args()
    if unknown := [name for name in asked.names if name not in TABLES]:
        parser.error(f"no table {' '.join(unknown)}; there are {' '.join(TABLES)}")
    build, names = asked.build.resolve(), asked.names or list(TABLES)
    if asked.check:
        return check(build, names)
    run = Runner(build, asked.data.resolve(), asked.kept)
    wrong = 0
    for name in names:
        try:
            rows = TABLES[name].rows([run(command) for command in TABLES[name].commands])
        except Missing as why:
            print(f"{name}: stays as it is: {why}")
            continue
        text = README.read_text(encoding="utf-8")
        block, table = block_of(text, name), "\n".join(rows) + "\n"
        same = agree(block.group(2), table, TABLES[name].timed)
        print(f"{name}: {'as measured' if same else 'differs'}")
        if asked.compare:
            wrong |= not same
            print("" if same else table, end="")
            continue
        text = text[:block.start(2)] + table + text[block.end(2):]
        if TABLES[name].timed:
            block = block_of(text, "machine")
            text = text[:block.start(2)] + "\n".join(machine(build)) + "\n" + text[block.end(2):]
        README.write_text(text, encoding="utf-8")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
