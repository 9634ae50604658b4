#!/usr/bin/env python3
"""Lives that are long, or old: memory stays flat, numbers stay finite, counters pass their powers of two.

Usage: train_continuous-soak.py PROGRAM [TEST...]

SYNAPSE_SOAK_SECONDS is how long the long life lasts (20), SYNAPSE_SOAK_STEPS ends it by steps instead. The whole soak, 10^8 steps:
    SYNAPSE_SOAK_STEPS=100000000 tests/programs/train_continuous-soak.py build/train_continuous LongLife
"""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

import checkpoint_file

PROGRAM = ""
SECONDS = float(os.environ.get("SYNAPSE_SOAK_SECONDS", "20"))
STEPS = int(os.environ.get("SYNAPSE_SOAK_STEPS", "0"))


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="synapse-")
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def run_program(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, "-q", *map(str, arguments)], cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, encoding="utf-8", timeout=120)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def report(self, *arguments):
        self.run_program("--report", "report.json", *arguments)
        return json.loads((self.directory / "report.json").read_text(encoding="utf-8"))


class LongLife(Case):
    def grows(self):
        return "--neurogenesis" in subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, encoding="utf-8", timeout=60).stdout

    def resident(self, process):
        """Bytes of memory in use, without what is shared with files."""
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
        return 0

    def test_memory_is_flat_and_numbers_finite(self):
        limit = ["--steps", STEPS] if STEPS else ["--hours", SECONDS / 3600]
        growth = ["--neurogenesis"] if self.grows() else []
        with subprocess.Popen([PROGRAM, "-q", *map(str, limit), *growth, "--hidden", "8", "--replay-capacity", "500", "--sleep-every", "5000",
                               "--sleep-steps", "50", "--save-interval", "0.5", "--status-interval", "0.1", "--metrics", "metrics.jsonl",
                               "--log-size", "1", "--telemetry", "9", "--report", "report.json"], cwd=self.directory, stderr=subprocess.PIPE) as process:
            used = []
            while process.poll() is None:
                used.append(self.resident(process))
                time.sleep(0.2)
            self.assertEqual(process.returncode, 0, process.stderr.read())
        used = [bytes_used for bytes_used in used if bytes_used]
        self.assertGreater(len(used), 20)
        early, late = max(used[len(used) // 5:2 * len(used) // 5]), max(used[-len(used) // 5:])
        self.assertLessEqual(late, early + 64 * 1024, used)

        report = json.loads((self.directory / "report.json").read_text(encoding="utf-8"))
        self.assertLess(report["error"], 0.5)
        self.assertEqual(report["allocations_while_learning"], 0)
        before = -1
        for line in (self.directory / "metrics.jsonl").read_text(encoding="utf-8").splitlines():
            metrics = json.loads(line)
            self.assertGreater(metrics["steps"], before)
            before = metrics["steps"]
            for name in ("error", "loss", "seconds", "steps_per_second"):
                if metrics["samples"]:
                    self.assertTrue(math.isfinite(metrics[name]), name)
        newest = checkpoint_file.read(self.directory / report["checkpoint"])
        self.assertEqual(newest["program"]["steps"], report["steps"])


class OldLife(Case):
    """Counters that stand a thousand below a power of two, as after years."""
    COUNTERS = [("report", "steps"), ("report", "steps_asleep"), ("report", "samples"), ("report", "replayed"), ("input_normalizer", "count"),
                ("target_normalizer", "count"), ("replay_buffer", "seen"), ("program", "steps"), ("program", "refused")]
    POWERS = (24, 32, 53, 64)

    def aged(self, power, *arguments):
        """A life of 3,000 steps in a checkpoint whose counters have been set forward."""
        self.lives = getattr(self, "lives", 0) + 1
        self.run_program("--steps", "3000", "--checkpoint-dir", f"young{self.lives}", *arguments)
        young = next(self.directory.glob(f"young{self.lives}/*.syn"))
        life = checkpoint_file.read(young)
        changed = 0
        for group, name in self.COUNTERS:
            if name in life.get(group, {}):
                width = 32 if name == "count" else 64  # bits of the counter
                life[group][name] = 2 ** min(power, width) - 1000
                changed += 1
        self.assertGreaterEqual(changed, 6)
        checkpoint_file.write(self.directory / f"old{self.lives}.syn", life)
        return f"old{self.lives}.syn"

    def live_on(self, power, *arguments):
        start = self.aged(power, *arguments)
        seconds = 0.3
        report = self.report("--resume", start, "--hours", seconds / 3600, "--checkpoint-dir", f"on{self.lives}", *arguments)
        self.assertEqual(report["stopped_by"], "hours")
        lived = (report["steps"] - (2 ** power - 1000)) % 2 ** 64
        self.assertGreater(lived, 1000)
        self.assertEqual(report["samples"], min(2 ** power - 1000 + lived, 2 ** 64 - 1))
        self.assertTrue(math.isfinite(report["loss"]))
        again = self.report("--resume", report["checkpoint"], "--hours", seconds / 3600, "--checkpoint-dir", f"on{self.lives}", *arguments)
        self.assertGreater((again["steps"] - report["steps"]) % 2 ** 64, 0)
        return again

    def test_no_life_allocates_while_it_learns(self):
        import random
        source = random.Random(2)
        (self.directory / "a.csv").write_text("".join(f"{x:.4f},{y:.4f},{int(x > y)}\n" for x, y in
                                                      ((source.uniform(-1, 1), source.uniform(-1, 1)) for _ in range(3000))))
        for life in ([], ["--homeostasis", "--neurogenesis", "--hidden", "8", "--sleep-every", "1000", "--sleep-steps", "10"], ["--data", "synthetic"],
                     ["--data", "cart-pole"], ["--data", "csv", "--path", "a.csv", "--passes", "0"]):
            with self.subTest(life):
                self.assertEqual(self.report("--steps", "30000", "--checkpoint-dir", "d", *life)["allocations_while_learning"], 0)

    def test_a_file_that_is_written_again_is_the_same_life(self):
        self.run_program("--steps", "3000")
        path = next(self.directory.glob("checkpoints/*.syn"))
        checkpoint_file.write(self.directory / "again.syn", checkpoint_file.read(path))
        both = [self.report("--resume", name, "--steps", "2000", "--checkpoint-dir", f"d{i}")["weights_hash"]
                for i, name in enumerate((path, "again.syn"))]
        self.assertEqual(both[0], both[1])

    def test_the_arm(self):
        for power in self.POWERS:
            with self.subTest(power):
                self.assertLess(self.live_on(power, "--sleep-every", "100", "--sleep-steps", "10")["error"], 0.5)

    def test_every_policy_of_memory(self):
        import random
        source = random.Random(2)
        (self.directory / "a.csv").write_text("".join(f"{x:.4f},{y:.4f},{int(x > y)}\n" for x, y in
                                                      ((source.uniform(-1, 1), source.uniform(-1, 1)) for _ in range(500))))
        for power in self.POWERS:
            for policy in ("reservoir", "balanced", "priority", "fifo"):
                with self.subTest((power, policy)):
                    report = self.live_on(power, "--data", "csv", "--path", "a.csv", "--passes", "0", "--replay-policy", policy, "--replay-capacity", "64")
                    self.assertLess(report["error"], 0.2)

    def test_the_limit_of_steps_is_reached_beyond_a_power_of_two(self):
        for power in self.POWERS:
            with self.subTest(power):
                start = self.aged(power)
                report = self.report("--resume", start, "--steps", "3000", "--checkpoint-dir", f"on{self.lives}")
                self.assertEqual((report["steps"], report["stopped_by"]), ((2 ** power + 2000) % 2 ** 64, "steps"))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"{PROGRAM} is no program")
    unittest.main(verbosity=1)
