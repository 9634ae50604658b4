#!/usr/bin/env python3
"""The lives that the user guide describes, shortened: a night, an experiment of several days. Usage: train_continuous-scenarios.py PROGRAM [TEST...]"""
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
SAVED = re.compile(r"^\[Checkpoint\] Saved to (checkpoints/continuous_\d+\.syn) \((\w+)\)$", re.MULTILINE)


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="synapse-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def run_program(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, encoding="utf-8", timeout=300)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def report(self, name="report.json"):
        with open(os.path.join(self.directory, name), encoding="utf-8") as file:
            return json.load(file)

    def checkpoints(self):
        return sorted(name for name in os.listdir(os.path.join(self.directory, "checkpoints")) if name.endswith(".syn"))


class Night(Case):
    def test_start_in_the_evening_find_a_model_in_the_morning(self):
        out = self.run_program("--hours", "0.0006", "--save-interval", "0.15", "--status-interval", "0.1", "--report", "report.json")
        reasons = [reason for _, reason in SAVED.findall(out)]
        self.assertGreaterEqual(reasons.count("auto"), 3)
        self.assertEqual(reasons[-1], "shutdown")
        self.assertLessEqual(len(self.checkpoints()), 5)
        end = out.split("TRAINING SUMMARY\n")[1]
        report = self.report()
        self.assertEqual(report["stopped_by"], "hours")
        self.assertIn(f"Total steps: {report['steps']:,}\nTotal samples: {report['samples']:,}\nTraining time: ", end)
        self.assertIn(f"Final checkpoint: {SAVED.findall(out)[-1][0]}\n", end)
        self.assertIn(f"To resume:\n  train_continuous --resume {SAVED.findall(out)[-1][0]}\n", end)
        with open(os.path.join(self.directory, "training.log"), encoding="utf-8") as file:
            self.assertEqual(SAVED.findall(file.read()), SAVED.findall(out))

    def test_the_power_goes_in_the_night(self):
        process = subprocess.Popen([PROGRAM, "--hours", "1", "--save-interval", "0.05", "--status-interval", "0.05"], cwd=self.directory,
                                   stdout=subprocess.PIPE, text=True, encoding="utf-8")
        saved = []
        while len(saved) < 7:
            saved += SAVED.findall(process.stdout.readline())
        process.kill()
        process.communicate()
        self.assertLessEqual(len(self.checkpoints()), 6)  # five, and one that was being added
        out = self.run_program("--auto-resume", "--steps", "100", "--report", "report.json")
        self.assertRegex(self.report()["resumed_from"], r"^checkpoints/continuous_\d+\.syn$")
        self.assertIn(os.path.basename(saved[-1][0]), self.checkpoints() + [os.path.basename(self.report()["resumed_from"])], out)


class Days(Case):
    def test_an_experiment_of_four_days_is_one_long_run(self):
        days = [5000, 9000, 3000, 8000]  # over the payload that is picked up after 12,000 steps
        self.run_program("--steps", sum(days), "--report", "whole.json", "--checkpoint-dir", "whole", "-q")
        out = self.run_program("--steps", days[0])
        for day in days[1:]:
            command = out.split("To resume:\n  ")[1].split()
            self.assertEqual(command[0], "train_continuous")
            out = self.run_program(*command[1:], "--steps", day, "--report", "report.json")
        whole, parts = self.report("whole.json"), self.report()
        for member in ("steps", "samples", "replayed", "weights_hash", "error", "loss", "tracking_rms_learner", "tracking_rms_pd", "payload_changes"):
            self.assertEqual(parts[member], whole[member], member)
        self.assertEqual(whole["steps"], 25000)

    def test_a_day_that_ctrl_c_ends_early(self):
        self.run_program("--steps", "60000", "--report", "whole.json", "--checkpoint-dir", "whole", "-q")
        process = subprocess.Popen([PROGRAM, "--hours", "1", "--status-interval", "0.01"], cwd=self.directory, stdout=subprocess.PIPE, text=True,
                                   encoding="utf-8")
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        lived = int(re.search(r"Total steps: ([\d,]+)", out).group(1).replace(",", ""))
        self.assertGreater(60000, lived)
        self.run_program("--auto-resume", "--steps", 60000 - lived, "--report", "report.json")
        for member in ("steps", "samples", "weights_hash", "error", "tracking_rms_learner"):
            self.assertEqual(self.report()[member], self.report("whole.json")[member], member)


class Drifting(Case):
    def stream(self, late_label):
        """4,000 rows of two classes, from row 3,000 on under other labels."""
        dice = random.Random(3)
        with open(os.path.join(self.directory, "stream.csv"), "w", encoding="ascii") as file:
            file.write("a,b,y\n")
            for row in range(4000):
                a, b = dice.uniform(-1, 1), dice.uniform(-1, 1)
                file.write(f"{a:.6f},{b:.6f},{int(a + b > 0) if row < 3000 else late_label(int(a + b > 0))}\n")
        return ["--data", "csv", "--path", "stream.csv", "--task", "classify", "--drift", "20"]

    def test_a_world_that_turns_is_noticed_and_answered(self):
        life = self.stream(lambda label: 1 - label)
        said = {}
        for answer, words in ((None, ""), ("note", ""), ("sleep", ": sleeping"), ("faster", ": learning faster for 500 steps"),
                              ("flush", ": what was remembered is dropped")):
            out = self.run_program(*life, *(["--on-drift", answer] if answer else []), "--report", "report.json", "--checkpoint-dir", str(answer))
            lines = re.findall(r"(?m)^\[Drift\] (.*)$", out)
            self.assertEqual(len(lines), self.report()["drifts"])
            self.assertEqual(len(lines), 1)
            match = re.match(r"The error rose for good at step (\d+)(.*)$", lines[0])
            self.assertTrue(match, lines)
            self.assertTrue(3000 < int(match.group(1)) < 3200, lines)
            self.assertEqual(match.group(2), words)
            with open(os.path.join(self.directory, "training.log"), encoding="utf-8") as file:
                self.assertIn("[Drift] " + lines[0], file.read())
            said[answer] = self.report()
        self.assertEqual(said[None]["weights_hash"], said["note"]["weights_hash"])
        for answer in ("sleep", "faster", "flush"):
            self.assertNotEqual(said[answer]["weights_hash"], said["note"]["weights_hash"])
        self.assertGreaterEqual(said["sleep"]["replayed"], said["note"]["replayed"] + 1000)
        self.assertEqual(self.report_of(*life[:-2], "--checkpoint-dir", "without")["drifts"], 0)

    def report_of(self, *arguments):
        self.run_program(*arguments, "--report", "report.json")
        return self.report()

    def test_new_classes_begin_a_column_where_there_is_room(self):
        life = [*self.stream(lambda label: 2 + label), "--on-drift", "column", "--neurogenesis"]
        out = self.run_program(*life, "--report", "report.json")
        self.assertRegex(out, r"(?m)^\[Drift\] The error rose for good at step 30\d\d: a column begins$")
        self.assertRegex(out, r"(?m)^\[Neurogenesis\] Growing layer_0: New column \(2\d\.\d\d > 20\.00\)$")
        self.assertGreater(self.report()["neurons"], 64)
        self.run_program(*life, "--steps", "3500", "--checkpoint-dir", "parts")
        self.assertEqual(self.report_of("--auto-resume", "--data", "csv", "--path", "stream.csv", "--task", "classify", "--checkpoint-dir", "parts")["weights_hash"],
                         self.report_of(*life, "--checkpoint-dir", "again")["weights_hash"])
        out = self.run_program(*life, "--max-neurons", "64", "--checkpoint-dir", "full")
        self.assertIn(": there is no room for a column", out)


class Growing(Case):
    def test_a_life_that_grows_is_the_same_over_several_days(self):
        grow = ["--neurogenesis", "--neurons", "8", "--max-neurons", "64"]
        out = self.run_program(*grow, "--steps", 30000, "--report", "whole.json", "--checkpoint-dir", "whole")
        events = re.findall(r"(?m)^\[Neurogenesis\] Growing \S+: .+ \(.+\)$", out)
        whole = self.report("whole.json")
        self.assertEqual(len(events), whole["growth_events"])
        self.assertGreater(whole["growth_events"], 0)
        self.assertGreater(whole["neurons"], 8)
        self.assertLessEqual(whole["neurons"], 64)
        out = self.run_program(*grow, "--steps", 13000)
        for steps in (4000, 13000):  # the payload that makes it grow is picked up after 12,000
            command = out.split("To resume:\n  ")[1].split()
            out = self.run_program(*command[1:], "--steps", steps, "--report", "report.json")
        for member in ("steps", "neurons", "growth_events", "weights_hash", "error"):
            self.assertEqual(self.report()[member], whole[member], member)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"{PROGRAM} is no program")
    unittest.main(verbosity=1)
