#!/usr/bin/env python3
"""A trainer killed with SIGKILL, again and again, at any moment, in the middle of a save too: each time it goes on from its last
checkpoint, and at fixed step counts its weights are those of a run that was never stopped, to the last bit.
Usage: train_continuous-killed.py PROGRAM [KILLS]   (200 unless told)"""
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

import checkpoint_file

STAGES = 5  # step counts at which a life is compared, in each of the lives below


class Failed(Exception):
    pass


def expect(true, what):
    if not true:
        raise Failed(what)


class Life:
    """One learner with its directory."""

    def __init__(self, program, directory, data, source):
        self.program, self.directory, self.data, self.source = program, directory, data, source
        self.checkpoints = os.path.join(directory, "checkpoints")
        self.kills_while_saving = 0
        self.last_step = 0

    def newest(self):
        """The payload of the checkpoint with the highest sequence; every one there must be whole."""
        newest = None
        for name in os.listdir(self.checkpoints) if os.path.isdir(self.checkpoints) else []:
            if re.fullmatch(r"continuous_\d+\.syn", name):
                content = checkpoint_file.read(os.path.join(self.checkpoints, name))
                if newest is None or content["sequence"] > newest["sequence"]:
                    newest = content
        return newest

    def step(self):
        newest = self.newest()
        return 0 if newest is None else newest["program"]["steps"]

    def command(self, *more):
        return [self.program, *self.data, "--auto-resume", "--save-interval", "0.004", "--status-interval", "1000", "-q", *more]

    def kill_once(self):
        process = subprocess.Popen(self.command(), cwd=self.directory, stderr=subprocess.PIPE)
        time.sleep(self.source.uniform(0.005, 0.05))
        process.kill()
        _, error = process.communicate(timeout=60)
        expect(process.returncode == -signal.SIGKILL, f"ended by itself with {process.returncode}: {error.decode()}")
        if os.path.isdir(self.checkpoints):
            self.kills_while_saving += any(name.endswith(".tmp") for name in os.listdir(self.checkpoints))
        step = self.step()
        expect(step >= self.last_step, f"fell back from step {self.last_step} to {step}")
        self.last_step = step

    def run(self, steps, *more):
        """The report of so many further steps."""
        report = os.path.join(self.directory, "report.json")
        subprocess.run(self.command("--steps", str(steps), "--report", report, *more), cwd=self.directory, check=True, timeout=120)
        with open(report, encoding="utf-8") as file:
            return json.load(file)

    def check(self):
        """Goes on to a round step count and compares with a run that was never stopped."""
        at = self.step()
        goal = at // 1000 * 1000 + 1000
        killed = self.run(goal - at)
        whole = self.run(goal, "--checkpoint-dir", f"whole{goal}", "--save-interval", "300")
        for key in ("steps", "samples", "weights_hash", "error", "accuracy"):
            expect(killed[key] == whole[key], f"{key} at step {goal}: {killed[key]}, never stopped: {whole[key]}")
        self.last_step = goal
        return goal


def separable(path, source):
    lines = ["x,place,y,class"]
    for _ in range(400):
        label = source.randrange(2)
        x = f"{source.gauss(4 * label, 1):.4f}" if source.random() > 0.1 else ""
        lines.append(f'{x},{source.choice(["in", "out"])},{source.gauss(-2 * label, 1):.4f},{["no", "yes"][label]}')
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main(program, kills):
    source = random.Random(kills)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="synapse-") as directory:
        csv = os.path.join(directory, "train.csv")
        separable(csv, source)
        lives = []
        for name, data in {"arm": ["--hidden", "4", "--replay", "200"],
                           "csv": ["--data", "csv", "--path", csv, "--hidden", "4", "--order", "shuffled", "--passes", "0", "--replay", "100"]}.items():
            os.mkdir(os.path.join(directory, name))
            lives.append((name, Life(program, os.path.join(directory, name), data, source)))
        done = 0
        for stage in range(STAGES):
            for i, (name, life) in enumerate(lives):
                upto = kills * (stage * len(lives) + i + 1) // (STAGES * len(lives))
                for _ in range(done, upto):
                    life.kill_once()
                done = upto
                print(f"{done} kills; {name}: the same bits at step {life.check()}", flush=True)
        print(f"{done} kills, {sum(life.kills_while_saving for _, life in lives)} of them while a checkpoint was being written, "
              f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        main(os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200)
    except Failed as why:
        sys.exit(f"killed: {why}")
