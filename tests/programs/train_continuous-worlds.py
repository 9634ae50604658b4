#!/usr/bin/env python3
"""The classic control problems as worlds for the agent. Usage: train_continuous-worlds.py PROGRAM [TEST...]"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
METRICS = "phi agency integration confidence self_prediction_error".split()
WORLDS = "cart-pole pendulum mountain-car acrobot".split()


class Worlds(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="synapse-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def run_program(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              encoding="utf-8", timeout=300)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def report(self, *arguments):
        self.out = self.run_program("--report", "report.json", *arguments)
        with open(os.path.join(self.directory, "report.json"), encoding="utf-8") as file:
            return json.load(file)

    def test_what_comes_of_an_action_is_learned_and_the_agent_measured(self):
        for world in WORLDS:
            with self.subTest(world):
                young = self.report("--data", world, "--steps", 2000)
                report = self.report("--data", world, "--steps", 40000)
                self.assertEqual((report["data"], report["steps"], report["samples"]), (world, 40000, 40000))
                self.assertLess(report["error"], young["error"])
                self.assertLess(report["error"], 0.35)
                for metric in METRICS:
                    self.assertGreaterEqual(report[metric], 0, metric)
                    self.assertLessEqual(report[metric], 1, metric)
                self.assertIn(" Agency=", self.out)
                if world == "pendulum":  # it never ends
                    self.assertEqual(report["episodes"], 0)
                else:
                    self.assertGreater(report["episodes"], 20)
                    self.assertLess(report["longest_episode"], 40000)
                    self.assertIn(f"Episodes: {report['episodes']:,}, the longest of {report['longest_episode']:,} steps\n", self.out)

    def test_agency_is_where_the_motor_is_strong(self):
        # A push moves the cart as much as anything does; the acrobot's motor is weak, as the problem wants it.
        self.assertGreater(self.report("--data", "cart-pole", "--steps", 30000)["agency"], 0.9)
        self.assertLess(self.report("--data", "acrobot", "--steps", 30000)["agency"], 0.5)

    def test_a_resumed_life_is_the_life_that_was_never_stopped(self):
        for world in WORLDS:
            with self.subTest(world):
                whole = self.report("--data", world, "--steps", 5000, "--checkpoint-dir", f"{world}-whole")
                out = self.run_program("--data", world, "--steps", 2100, "--checkpoint-dir", world)
                command = out.split("To resume:\n  ")[1].split()
                self.assertEqual(command[3:5], ["--data", world])
                halves = self.report(*command[1:], "--steps", 2900)
                for member in METRICS + ["steps", "samples", "error", "weights_hash", "episodes", "longest_episode"]:
                    self.assertEqual(whole[member], halves[member], member)
                other = self.report("--data", world, "--steps", 5000, "--seed", 2, "--checkpoint-dir", f"{world}-other")
                self.assertNotEqual(whole["weights_hash"], other["weights_hash"])

    def test_one_world_s_life_is_not_another_s(self):
        self.run_program("--data", "cart-pole", "--steps", 100)
        self.run_program("--data", "pendulum", "--auto-resume", "--steps", 10, code=4)

    def test_options_that_do_not_fit(self):
        for arguments in (["--data", "cartpole"], ["--data", "cart-pole", "--task", "classify"], ["--data", "pendulum", "--path", "x"],
                          ["--data", "acrobot", "--agency-ratio", "0.5"], ["--data", "mountain-car", "--replay-policy", "balanced"],
                          ["--data", "pendulum", "--order", "shuffled"]):
            with self.subTest(arguments):
                self.run_program(*arguments, code=2)
        self.assertEqual(os.listdir(self.directory), [])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"{PROGRAM} is no program")
    unittest.main(verbosity=1)
