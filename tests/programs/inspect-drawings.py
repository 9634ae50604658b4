#!/usr/bin/env python3
"""examples/draw_checkpoint.py without a display: what it reads is what inspect reads, and the pictures show it. Usage: inspect-drawings.py PROGRAM"""
# Needs: numpy msgpack matplotlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import unittest

import matplotlib.image
import numpy

PROGRAM = ""
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "draw_checkpoint.py")


class Drawings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="synapse-")
        cls.addClassCleanup(scratch.cleanup)
        cls.home = scratch.name
        dice = numpy.random.default_rng(3)
        for name, count in (("train.csv", 3000), ("test.csv", 400)):
            label = dice.integers(0, 6, count)
            points = numpy.stack([numpy.cos(label), numpy.sin(label)], 1) + 0.2 * dice.standard_normal((count, 2))
            numpy.savetxt(os.path.join(cls.home, name), numpy.column_stack([points, label]), delimiter=",", header="x,y,label", comments="", fmt="%.6g")
        train = os.path.join(os.path.dirname(PROGRAM), "train_continuous")
        parts = ("--data", "csv", "--path", "train.csv", "--task", "classify", "--target", "label", "--order", "by-class:3", "--test", "test.csv")
        grow = ("--neurogenesis", "--neurons", "4", "--max-neurons", "64")
        for name, arguments in (("parts", parts), ("grown", ("--steps", "12000", "--status-interval", "0.02", *grow)), ("plain", ("--steps", "50"))):
            subprocess.run([train, "-q", "--checkpoint-dir", name, "--metrics", name + ".jsonl", "--report", name + ".json", *arguments],
                           cwd=cls.home, check=True, timeout=120)
        specification = importlib.util.spec_from_file_location("draw_checkpoint", SCRIPT)
        cls.drawing = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(cls.drawing)

    def checkpoint(self, name):
        names = [file for file in os.listdir(os.path.join(self.home, name)) if file.endswith(".syn")]
        self.assertEqual(len(names), 1)
        return os.path.join(self.home, name, names[0])

    def inspected(self, name):
        return json.loads(subprocess.run([PROGRAM, "--json", self.checkpoint(name)], check=True, capture_output=True, timeout=60).stdout)

    def pictures(self, name, *more):
        environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")}
        out = os.path.join(self.home, "pictures", name)
        done = subprocess.run([sys.executable, SCRIPT, self.checkpoint(name), "--out", out, *more], cwd=self.home, env=environment, check=True,
                              capture_output=True, text=True, timeout=120)
        paths = done.stdout.split()
        self.assertEqual([os.path.basename(path) for path in paths], ["growth.png", "metrics.png", "accuracy_matrix.png", "weights.png"])
        return [matplotlib.image.imread(path)[..., :3] for path in paths]

    def coloured(self, picture):
        """Share of the pixels that are no grey."""
        return float((picture.max(axis=2) - picture.min(axis=2) > 0.1).mean())

    def test_growth_and_units_are_those_of_inspect(self):
        learner, told = self.drawing.load(self.checkpoint("grown")), self.inspected("grown")
        self.assertGreater(len(told["growth_events"]), 0)
        events = [[int(step), int(layer), int(before), int(after)] for step, layer, _, _, _, before, after in self.drawing.growth_events(learner)]
        self.assertEqual(events, [[event[key] for key in ("step", "layer", "before", "after")] for event in told["growth_events"]])
        self.assertEqual(self.drawing.units(learner), [layer["outputs"] for layer in told["systems"]["fast"][:-1]])

    def test_metrics_are_those_of_the_file(self):
        path = os.path.join(self.home, "grown.jsonl")
        with open(path, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        with open(path, "a", encoding="utf-8") as file:
            file.write('{"time": 1, "st')  # as in the file of a run that goes on
        series = self.drawing.metrics(self.drawing.load(self.checkpoint("grown")), path)
        for name in ("error", "phi", "neurons"):
            self.assertEqual(list(zip(*series[name])), [(row["steps"], row[name]) for row in rows if row[name] is not None])
        self.assertNotIn("accuracy", series)  # null all along

    def test_metrics_are_those_that_a_checkpoint_remembers(self):
        series, told = self.drawing.metrics(self.drawing.load(self.checkpoint("grown"))), self.inspected("grown")["metrics_history"]
        self.assertEqual(set(series), set(told))
        self.assertIn("phi", series)
        for name, values in told.items():
            known = [float(value) for value in values if value is not None]
            self.assertEqual([float(value) for value in series[name][1]], known)
            self.assertTrue(all(step % 100 == 0 for step in series[name][0]))

    def test_accuracy_matrix_is_that_of_the_report(self):
        learner = self.drawing.load(self.checkpoint("parts"))
        with open(os.path.join(self.home, "parts.json"), encoding="utf-8") as file:
            truth = json.load(file)["accuracy_matrix"]
        self.assertEqual(len(truth), 3)
        kept = self.drawing.accuracy_matrix(learner)
        self.assertTrue(numpy.array_equal(kept, numpy.array(truth, dtype=float)[:len(kept)], equal_nan=True))
        self.assertGreaterEqual(len(kept), 2)
        whole = self.drawing.accuracy_matrix(learner, os.path.join(self.home, "parts.json"))
        self.assertTrue(numpy.array_equal(whole, numpy.array(truth, dtype=float), equal_nan=True))
        self.assertIsNone(self.drawing.accuracy_matrix(self.drawing.load(self.checkpoint("plain"))))
        drawn = self.drawing.draw_accuracy_matrix(learner).axes[0].images[0]  # in per cent, as its title and the numbers in it say
        self.assertEqual(drawn.get_clim(), (0, 100))
        self.assertTrue(numpy.allclose(drawn.get_array().filled(numpy.nan), 100 * kept, equal_nan=True))

    def test_pictures_without_a_display(self):
        grown = self.pictures("grown", "--metrics", "grown.jsonl")
        parts = self.pictures("parts", "--metrics", "parts.jsonl", "--report", "parts.json")
        for picture in grown + parts:
            self.assertGreater(min(picture.shape[:2]), 300)
        self.assertGreater(self.coloured(parts[2]), 0.3, "the matrix fills its picture")
        for picture in (grown[0], grown[1], grown[3], parts[1], parts[3]):
            self.assertGreater(self.coloured(picture), 1e-4, "lines in colour")
        plain = self.pictures("plain")
        self.assertEqual(self.coloured(plain[2]), 0, "a life without parts has words alone")
        self.assertEqual(self.coloured(plain[1]), 0, "no metrics, no line")
        self.assertFalse(numpy.array_equal(plain[3], grown[3]))

    def test_no_checkpoint(self):
        for path in ("nowhere.syn", SCRIPT):
            done = subprocess.run([sys.executable, SCRIPT, path], cwd=self.home, capture_output=True, timeout=60)
            self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
