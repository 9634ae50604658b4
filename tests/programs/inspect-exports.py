#!/usr/bin/env python3
"""inspect's exports, opened by numpy, csv and json and by parsers written here. Usage: inspect-exports.py PROGRAM [TEST...]"""
# Needs: numpy
import csv
import io
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy

import checkpoint_file

PROGRAM = ""


def leaves(node, path=()):
    for key, value in node.items():
        if isinstance(value, dict):
            yield from leaves(value, path + (key,))
        elif isinstance(value, list):
            yield from (("/".join(path + (key, str(i))), item) for i, item in enumerate(value))
        else:
            yield "/".join(path + (key,)), value


def fields(message):
    """(field, value) of a protocol buffer's message: integers, floats' bytes, or bytes."""
    at = 0

    def varint():
        nonlocal at
        number = shift = 0
        while True:
            byte = message[at]
            at += 1
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    while at < len(message):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
            continue
        size = {1: 8, 5: 4}.get(kind) or varint()
        assert at + size <= len(message)
        yield key >> 3, message[at:at + size]
        at += size


def events(content):
    """(time, step, tag, value) of a TensorBoard event file; both checksums of each record are checked."""
    def masked(data):
        crc = checkpoint_file._crc32c(data)
        return ((crc >> 15 | crc << 17 & 0xffffffff) + 0xa282ead8) & 0xffffffff

    at, versions = 0, []
    while at < len(content):
        size, = struct.unpack_from("<Q", content, at)
        assert struct.unpack_from("<I", content, at + 8)[0] == masked(content[at:at + 8])
        event = content[at + 12:at + 12 + size]
        assert struct.unpack_from("<I", content, at + 12 + size)[0] == masked(event)
        at += 16 + size
        time, step = 0.0, 0
        for field, value in fields(event):
            if field == 1:
                time, = struct.unpack("<d", value)
            elif field == 2:
                step = value
            elif field == 3:
                versions.append(value)
            elif field == 5:
                for _, summary in fields(value):
                    scalar = dict(fields(summary))
                    yield time, step, scalar[1].decode(), struct.unpack("<f", scalar[2])[0]
    assert versions == [b"brain.Event:2"]


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="synapse-")
        cls.addClassCleanup(scratch.cleanup)
        cls.home = scratch.name
        train = os.path.join(os.path.dirname(PROGRAM), "train_continuous")
        grow = ("--neurogenesis", "--neurons", "4", "--max-neurons", "64", "--replay-bits", "8")
        for steps in ("4000", "5000"):
            subprocess.run([train, "-q", "--auto-resume", "--checkpoint-dir", "grown", "--steps", steps, *grow], cwd=cls.home, check=True)
        for name in ("metrics.jsonl", "metrics.csv"):
            subprocess.run([train, "-q", "--checkpoint-dir", name + ".d", "--steps", "20000", "--metrics", name, "--status-interval", "0.02"],
                           cwd=cls.home, check=True)
        cls.checkpoints = sorted(os.path.join("grown", name) for name in os.listdir(os.path.join(cls.home, "grown")) if name.endswith(".syn"))
        assert len(cls.checkpoints) == 2
        cls.newest = max(cls.checkpoints, key=lambda path: checkpoint_file.read(os.path.join(cls.home, path))["sequence"])

    def run_program(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.home, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def path(self, name):
        return os.path.join(self.home, name)

    def truth(self):
        return checkpoint_file.read(self.path(self.newest))

    def content(self, name, mode="rb"):
        with open(self.path(name), mode) as file:
            return file.read()


class Arrays(Case):
    def compare(self, arrays):
        """Everything numeric in the checkpoint, to the bit, and nothing else."""
        expected = {}
        for name, value in leaves(self.truth()):
            if isinstance(value, checkpoint_file.Tensor):
                dtype, rows, columns, data = value
                expected[name] = numpy.frombuffer(data, dtype).reshape((columns,) if rows == 1 else (rows, columns))
            elif isinstance(value, (bool, int, float)) and name != "sequence":
                expected[name] = numpy.array(value)
        self.assertEqual(set(arrays), set(expected))
        for name, array in arrays.items():
            self.assertEqual(array.shape, expected[name].shape, name)
            self.assertTrue(numpy.array_equal(array, expected[name]), name)
            if array.ndim:
                self.assertEqual(array.dtype, expected[name].dtype, name)

    def test_npz(self):
        said = self.run_program("--npz", "all.npz", self.newest).stdout
        with numpy.load(self.path("all.npz")) as file:
            arrays = {name: file[name] for name in file.files}
        self.compare(arrays)
        self.assertIn(f"all.npz  {len(arrays)} arrays".encode(), said)
        with numpy.load(io.BytesIO(self.run_program("--npz", "-", self.newest).stdout)) as file:
            self.assertEqual(set(file.files), set(arrays))

    def test_npy(self):
        self.run_program("--npy", "some/where", self.newest)
        names = {name.replace("/", ".") + ".npy" for name, value in leaves(self.truth()) if not isinstance(value, (str, type(None))) and name != "sequence"}
        self.assertEqual(set(os.listdir(self.path("some/where"))), names)
        dtype, rows, columns, data = self.truth()["model_state_dict"]["fast"]["layer_0"]["weight"]
        read = numpy.load(self.path("some/where/model_state_dict.fast.layer_0.weight.npy"))
        self.assertTrue(numpy.array_equal(read, numpy.frombuffer(data, dtype).reshape(rows, columns)))

    def test_safetensors(self):
        self.run_program("--safetensors", "all.safetensors", self.newest)
        content = self.content("all.safetensors")
        size, = struct.unpack_from("<Q", content)
        self.assertEqual(size % 8, 0)
        head, data = json.loads(content[8:8 + size]), content[8 + size:]
        self.assertEqual(head.pop("__metadata__"), {"format": "synapse"})
        types = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "U64": "<u8", "I64": "<i8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1"}
        arrays, end = {}, 0
        for name, about in head.items():
            first, last = about["data_offsets"]
            self.assertEqual(first, end, "neither a gap nor one on another")
            self.assertEqual(first % numpy.dtype(types[about["dtype"]]).itemsize, 0)
            end = last
            arrays[name] = numpy.frombuffer(data[first:last], types[about["dtype"]]).reshape(about["shape"])
        self.assertEqual(end, len(data))
        self.compare(arrays)

    def test_names_lead_nowhere_else(self):
        payload = self.truth()
        payload["../../up"] = 7
        payload[".hidden"] = 8
        checkpoint_file.write(self.path("odd.syn"), payload)
        self.run_program("--npy", "inside/here", "odd.syn")
        self.assertEqual(os.listdir(self.path("inside")), ["here"])
        names = os.listdir(self.path("inside/here"))
        self.assertIn("__.__.up.npy", names)
        self.assertIn("_hidden.npy", names)
        payload["a.b"], payload["a_b"] = 1, 2
        checkpoint_file.write(self.path("odd.syn"), payload)
        self.assertIn(b"two of its arrays", self.run_program("--npy", "inside/twice", "odd.syn", code=3).stderr)


class Histories(Case):
    def growth(self):
        history = self.truth()["growth_history"]
        columns = {name: numpy.frombuffer(history[name][3], history[name][0]) for name in ("step", "layer", "reason", "value", "threshold", "after")}
        order = [(history["next"] - age) % len(columns["step"]) for age in range(history["used"], 0, -1)]
        return [{name: columns[name][i] for name in columns} for i in order]

    def rows(self, text):
        return list(csv.DictReader(io.StringIO(text)))

    def check(self, rows):
        """Rows of a table as dicts: the growth events, the history of the metrics, the moments of saving."""
        events = self.growth()
        self.assertGreater(len(events), 0)
        grown = [row for row in rows if row["growth/reason"] not in ("", None)]
        self.assertEqual([float(row["step"]) for row in grown], [event["step"] for event in events])
        for row, event in zip(grown, events):
            self.assertEqual(float(row[f"layer_{event['layer']}/units"]), event["after"])
            self.assertEqual(float(row["growth/reason"]), event["reason"])
            self.assertAlmostEqual(float(row["growth/value"]), float(event["value"]), delta=1e-6 * abs(event["value"]))
        saved = [row for row in rows if row["samples"] not in ("", None)]
        truth = [checkpoint_file.read(self.path(path)) for path in self.checkpoints]
        self.assertEqual([float(row["step"]) for row in saved], sorted(t["step_count"] for t in truth))
        self.assertEqual([float(row["time"]) for row in saved], sorted(t["timestamp"] for t in truth))
        self.assertEqual(float(saved[-1]["error"]), float(numpy.float32(self.truth()["report"]["error"])))
        # What all of them remember of the same life, each moment once.
        noted = {}
        for t in truth:
            past = t["metrics_history"]
            steps, errors = (numpy.frombuffer(past[name][3], past[name][0]) for name in ("step", "error"))
            noted.update(zip(map(int, steps), map(float, errors)))
        past = [row for row in rows if row not in grown and row not in saved]
        self.assertEqual({int(float(row["step"])): float(row["error"]) for row in past}, noted)
        self.assertEqual(len(rows), len(grown) + len(saved) + len(noted))

    def test_csv_of_checkpoints(self):
        self.run_program("--csv", "life.csv", *self.checkpoints)
        self.check(self.rows(self.content("life.csv", "r")))
        trend = self.run_program("--csv", "-", "--trend", "grown").stdout
        self.assertEqual(trend, self.content("life.csv"))

    def test_jsonl_of_checkpoints(self):
        def refuse(word):
            raise ValueError(word)
        self.run_program("--jsonl", "life.jsonl", *self.checkpoints)
        self.check([json.loads(line, parse_constant=refuse) for line in self.content("life.jsonl", "r").splitlines()])

    def test_metrics_files_of_both_kinds(self):
        for name in ("metrics.jsonl", "metrics.csv"):
            text = self.content(name, "r")
            rows = self.rows(self.run_program("--csv", "-", name).stdout.decode())
            if name.endswith("csv"):
                truth = self.rows(text)
            else:
                truth = [{key: "" if value is None else repr(value) for key, value in json.loads(line).items()} for line in text.splitlines()]
            self.assertEqual(len(rows), len(truth))
            self.assertGreater(len(rows), 1)
            for row, line in zip(rows, truth):
                self.assertEqual(float(row["step"]), float(line["steps"]))
                for key in ("time", "error", "phi", "neurons"):
                    self.assertEqual(float(row[key] or "nan"), float(line[key] or "nan")) if line[key] else self.assertEqual(row[key], "")

    def test_tensorboard(self):
        self.run_program("--tensorboard", "board/run", "metrics.jsonl", self.newest)
        names = os.listdir(self.path("board/run"))
        self.assertEqual(len(names), 1)
        self.assertRegex(names[0], r"^events\.out\.tfevents\.\d{10}\.")
        scalars = list(events(self.content(os.path.join("board/run", names[0]))))
        steps = [step for _, step, _, _ in scalars]
        self.assertEqual(steps, sorted(steps))
        lines = [json.loads(line) for line in self.content("metrics.jsonl", "r").splitlines()]
        for tag in ("error", "phi", "neurons", "steps_per_second"):
            told = {(step, time): value for time, step, name, value in scalars if name == tag}
            for line in lines:
                if line[tag] is not None:
                    self.assertEqual(told[line["steps"], line["time"]], numpy.float32(line[tag]))
        units = [(step, value) for _, step, tag, value in scalars if tag == "layer_0/units"]
        for event in self.growth():
            self.assertIn((event["step"], event["after"]), units)

    def test_plotjuggler(self):
        self.run_program("--plotjuggler", "plot.csv", "metrics.jsonl", *self.checkpoints)
        rows = list(csv.reader(io.StringIO(self.content("plot.csv", "r"))))
        self.assertEqual(rows[0][0], "time")
        self.assertTrue(all(len(row) == len(rows[0]) for row in rows))
        numbers = [[float(cell) for cell in row] for row in rows[1:]]  # "nan" reads as one
        self.assertTrue(all(math.isfinite(row[0]) for row in numbers))
        self.assertEqual(len(numbers), len(self.content("metrics.jsonl", "r").splitlines()) + len(self.checkpoints))


class Mistakes(Case):
    def test_files_that_are_none(self):
        for content in (b"", b"hello\n", b"\xc7\x1dSYNAP", b"{\"a\": 1}\n{\"a\"}\n"):
            with open(self.path("bad"), "wb") as file:
                file.write(content)
            self.assertIn(b"inspect: bad: ", self.run_program("--csv", "-", "bad", code=3).stderr)
            self.assertIn(b"inspect: bad: ", self.run_program("--npz", "-", "bad", code=3).stderr)
        self.assertIn(b"No such file", self.run_program("--npz", "x.npz", "nowhere.syn", code=3).stderr)
        self.assertIn(b"No such file", self.run_program("--csv", "x.csv", "nowhere.syn", code=3).stderr)
        self.assertIn(b"no slow system", self.run_program("--onnx", "x.onnx", "--system", "slow", self.newest, code=3).stderr)
        self.assertIn(b"no valid checkpoint", self.run_program("--csv", "x.csv", "--trend", ".", code=3).stderr)
        self.assertFalse(any(os.path.exists(self.path(name)) for name in ("x.npz", "x.csv", "x.onnx")))

    def test_a_damaged_checkpoint_exports_nothing(self):
        content = bytearray(self.content(self.newest))
        content[len(content) // 2] ^= 4
        with open(self.path("flipped.syn"), "wb") as file:
            file.write(content)
        for option in ("--npz", "--safetensors", "--onnx", "--npy", "--csv", "--tensorboard"):
            self.assertIn(b"flipped.syn: ", self.run_program(option, "out", "flipped.syn", code=3).stderr)
        self.assertFalse(os.path.isfile(self.path("out")))

    def test_places_that_cannot_be_written(self):
        for option in ("--npz", "--onnx", "--csv"):
            self.assertIn(b"cannot write", self.run_program(option, "no/such/place", self.newest, code=5).stderr)
        with open(self.path("file"), "wb"):
            pass
        self.run_program("--npy", "file/here", self.newest, code=5)
        self.run_program("--tensorboard", "file", self.newest, code=5)

    def test_misuse(self):
        for arguments in (("--npz",), ("--npz", "x", *self.checkpoints), ("--npz", "x"), ("--csv", "x"), ("--npz", "x", "--json", self.newest),
                          ("--csv", "x", "--verify", "."), ("--csv", "x", "--diff", *self.checkpoints), ("--onnx", "x", "--system", "other", self.newest),
                          ("--npz", "", self.newest)):
            self.assertIn(b"Try: inspect --help", self.run_program(*arguments, code=2).stderr)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
