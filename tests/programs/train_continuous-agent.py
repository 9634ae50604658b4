#!/usr/bin/env python3
"""What train_continuous says of the agent that lives beside its learner. Usage: train_continuous-agent.py PROGRAM [TEST...]"""
import csv
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
METRICS = "phi agency integration confidence self_prediction_error".split()
BESIDE = "phi_recurrent counterfactual_agency o_information z2 auroc".split()


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="synapse-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def run_program(self, *arguments, code=0, stdin=""):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.directory, input=stdin, capture_output=True, text=True,
                              encoding="utf-8", timeout=300)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def report(self, *arguments, stdin="", out=None):
        text = self.run_program("--report", "report.json", *arguments, stdin=stdin)
        if out is not None:
            out.append(text)
        with open(os.path.join(self.directory, "report.json"), encoding="utf-8") as file:
            return json.load(file)


class Synthetic(Case):
    def test_agency_reads_the_share_that_is_its_own(self):
        for ratio in ("0", "0.3", "0.7", "1"):
            with self.subTest(ratio):
                report = self.report("--data", "synthetic", "--agency-ratio", ratio, "--steps", "50000")
                self.assertAlmostEqual(report["agency"], float(ratio), delta=0.03)
                self.assertEqual(report["data"], "synthetic")
                self.assertEqual(report["agency_ratio"], float(ratio))
                for metric in METRICS:
                    self.assertGreaterEqual(report[metric], 0)
                    self.assertLessEqual(report[metric], 1)

    def test_a_resumed_life_is_the_life_that_was_never_stopped(self):
        life = ["--data", "synthetic", "--agency-ratio", "0.5"]
        whole = self.report(*life, "--steps", "6000")
        self.run_program(*life, "--steps", "2100", "--checkpoint-dir", "half")
        halves = self.report(*life, "--auto-resume", "--steps", "3900", "--checkpoint-dir", "half")
        for member in METRICS + ["steps", "samples", "weights_hash"]:
            self.assertEqual(whole[member], halves[member], member)
        # Another world's life is not gone on with, though its learner is.
        other = self.run_program("--data", "synthetic", "--agency-ratio", "0.6", "--auto-resume", "--steps", "10", "--checkpoint-dir", "half")
        self.assertIn("[Checkpoint] Resumed", other)


class Arm(Case):
    def test_every_line_and_the_report_carry_the_metrics(self):
        out = []
        report = self.report("--steps", "24000", "--metrics", "metrics.jsonl", "--status-interval", "0.05", out=out)
        for metric in METRICS + BESIDE:
            self.assertIsInstance(report[metric], float, metric)
        self.assertIn(report["phi_cut"], range(1, 1 << 16))  # a side of the weakest cut of 16 units
        self.assertGreater(report["agency"], 0.4)
        last = re.findall(r"^Step +24000 \| Φ=(\d\.\d{3}) \| Agency=(\d\.\d{3}) \|", out[0], re.MULTILINE)[-1]
        self.assertEqual([float(x) for x in last], [round(report["phi"], 3), round(report["agency"], 3)])
        with open(os.path.join(self.directory, "metrics.jsonl"), encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        for metric in METRICS + BESIDE + ["phi_cut"]:
            self.assertEqual(rows[-1][metric], report[metric])

    def test_before_there_is_anything_to_measure_metrics_are_null(self):
        report = self.report("--steps", "5")
        for metric in METRICS + BESIDE + ["phi_cut"]:
            self.assertIsNone(report[metric], metric)


class Mature(Case):
    def test_a_life_ends_when_the_agent_has_grown_up_and_says_why(self):
        out = []
        report = self.report("--data", "synthetic", "--agency-ratio", "0.95", "--until-mature", "20000", "--steps", "400000", out=out)
        self.assertEqual(report["stopped_by"], "mature")
        self.assertLess(report["steps"], 400000)
        self.assertRegex(out[0], r"\[Maturity\] Φ flat between 0\.\d{3} and 0\.\d{3}; agency steady between 0\.\d{3} and 0\.\d{3}; "
                                 r"self-prediction error 0\.\d{3}, at its minimum of 0\.\d{3}; 0 units grown\n")

    def test_windows_survive_a_stop(self):
        # A window that is open when the program stops goes on when it is resumed: the same step ends the life, for the same figures.
        life = ["--data", "synthetic", "--agency-ratio", "0.95", "--until-mature", "6000"]
        out, parts = [], []
        whole = self.report(*life, "--steps", "400000", "--checkpoint-dir", "whole", out=out)
        self.assertEqual(whole["stopped_by"], "mature")
        done = 0
        for steps in (3500, 6250, 3):
            self.report(*life, "--steps", steps, "--auto-resume", "--checkpoint-dir", "parts")
            done += steps
        rest = self.report(*life, "--steps", 400000, "--auto-resume", "--checkpoint-dir", "parts", out=parts)
        self.assertGreater(whole["steps"], done)
        for member in METRICS + ["steps", "stopped_by", "weights_hash"]:
            self.assertEqual(whole[member], rest[member], member)
        self.assertEqual(re.findall(r"\[Maturity\].*", out[0]), re.findall(r"\[Maturity\].*", parts[0]))

    def test_an_agent_without_power_never_does(self):
        report = self.report("--data", "synthetic", "--agency-ratio", "0.2", "--until-mature", "5000", "--steps", "40000")
        self.assertEqual(report["stopped_by"], "steps")


class Health(Case):
    """The guide's table of warnings: what is said, with its evidence, when it begins and when it is over."""
    SAYS = re.compile(r"^\[Health\] (Agency|Phi|Error) (\d+\.\d\d) ([<>]) (\d+\.\d\d)(, weakest cut 0x[0-9a-f]{8})?: (.*)$", re.MULTILINE)
    REMEDIES = {"Agency": "raise the learning rate", "Phi": "check the connections of these units",
                "Error": "forgetting; lower the learning rate, raise the replay ratio"}

    def test_warnings_of_an_arm_that_is_pushed(self):
        out = []
        self.report("--steps", "80000", out=out)
        said = self.SAYS.findall(out[0])
        self.assertGreaterEqual(len(said), 2)
        ill = set()
        for metric, value, relation, limit, cut, remedy in said:
            begins = (relation == ">") == (metric == "Error")
            self.assertEqual(remedy, self.REMEDIES[metric] if begins else "well again")
            self.assertEqual(metric in ill, not begins)  # it begins before it is over, and is said once
            self.assertEqual(bool(cut), metric == "Phi" and begins)
            ill ^= {metric}
        self.assertIn("Error", {metric for metric, *_ in said})
        with open(os.path.join(self.directory, "training.log"), encoding="utf-8") as file:
            self.assertEqual(self.SAYS.findall(file.read()), said)

    def test_an_agent_without_power_is_told_to_raise_its_learning_rate(self):
        out = []
        self.report("--data", "synthetic", "--agency-ratio", "0.1", "--steps", "20000", out=out)
        self.assertRegex(out[0], r"(?m)^\[Health\] Agency 0\.\d\d < 0\.30: raise the learning rate$")

    def test_remedies_are_applied_within_bounds_and_said(self):
        out = []
        treated = self.report("--data", "synthetic", "--agency-ratio", "0.1", "--steps", "20000", "--homeostasis", out=out)
        said = re.findall(r"(?m)^\[Homeostasis\] learning rate x (\d\.\d\d), replay ratio (\d\.\d\d)$", out[0])
        self.assertTrue(said)
        for rate, ratio in said:
            self.assertTrue(0.25 <= float(rate) <= 2 and float(ratio) <= 0.8, (rate, ratio))
        self.assertIn("[Homeostasis] what was remembered is of another body or world: forgotten\n", out[0])
        untreated = self.report("--data", "synthetic", "--agency-ratio", "0.1", "--steps", "20000")
        self.assertEqual(treated["weights_hash"], untreated["weights_hash"])  # it is the agent's, not the learner's
        self.assertNotEqual(treated["agency"], untreated["agency"])

    def test_a_treatment_survives_a_stop(self):
        life = ["--homeostasis", "--status-interval", "100"]
        out, parts = [], []
        whole = self.report(*life, "--steps", "40000", "--checkpoint-dir", "whole", out=out)
        self.report(*life, "--steps", "19990", "--checkpoint-dir", "parts", out=parts)
        rest = self.report(*life, "--steps", "20010", "--auto-resume", "--checkpoint-dir", "parts", out=parts)
        for member in METRICS + ["steps", "weights_hash"]:
            self.assertEqual(whole[member], rest[member], member)
        lines = r"(?m)^\[Ho?[me].*$"
        self.assertEqual(re.findall(lines, out[0]), re.findall(lines, "".join(parts)))


class WithoutActions(Case):
    ROWS = "".join(f"{i % 7},{i % 3},{(i % 7) % 2}\n" for i in range(400))

    def path(self, name):
        return os.path.join(self.directory, name)

    def undefined(self, *arguments, stdin=""):
        report = self.report(*arguments, "--metrics", "m.jsonl", stdin=stdin)
        with open(self.path("m.jsonl"), encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        self.assertGreaterEqual(len(rows), 1)
        for told in [report, *rows]:
            for metric in METRICS + BESIDE + ["phi_cut"]:
                self.assertIn(metric, told)
                self.assertIsNone(told[metric], metric)
        return report

    def test_what_is_undefined_is_null_not_zero(self):
        self.assertEqual(self.undefined("--data", "-", stdin=self.ROWS)["samples"], 400)
        with open(self.path("rows.csv"), "w", encoding="utf-8") as file:
            file.write("a,b,c\n" + self.ROWS)
        self.assertEqual(self.undefined("--data", "csv", "--path", "rows.csv", "--target", "c")["samples"], 400)
        self.run_program("--data", "csv", "--path", "rows.csv", "--metrics", "m.csv")
        with open(self.path("m.csv"), encoding="utf-8", newline="") as file:
            last = list(csv.DictReader(file))[-1]
        for metric in METRICS + BESIDE + ["phi_cut"]:
            self.assertEqual(last[metric], "", metric)

    def test_nor_of_images(self):
        os.mkdir(self.path("images"))
        with open(self.path("images/train-images-idx3-ubyte"), "wb") as file:
            file.write(struct.pack(">4I", 0x803, 60, 4, 4) + bytes(i * 7 % 256 for i in range(60 * 16)))
        with open(self.path("images/train-labels-idx1-ubyte"), "wb") as file:
            file.write(struct.pack(">2I", 0x801, 60) + bytes(i % 3 for i in range(60)))
        self.assertEqual(self.undefined("--data", "idx", "--path", "images", "--hidden", "8")["samples"], 60)


class Usage(Case):
    def test_options_that_need_an_agent_say_so(self):
        for arguments in (["--agency-ratio", "0.5"], ["--data", "synthetic", "--agency-ratio", "1.1"],
                          ["--data", "synthetic", "--agency-ratio", "nan"], ["--until-mature", "1"],
                          ["--data", "-", "--until-mature", "100"], ["--data", "-", "--homeostasis"], ["--data", "synthetic", "--task", "classify"],
                          ["--data", "synthetic", "--path", "x"]):
            with self.subTest(arguments):
                self.run_program(*arguments, code=2)
        self.assertEqual(os.listdir(self.directory), [])


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
