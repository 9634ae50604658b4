#!/usr/bin/env python3
"""inspect as its users meet it: on checkpoints of train_continuous, which lies beside it. Usage: inspect-checkpoints.py PROGRAM [TEST...]"""
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest

import checkpoint_file

PROGRAM = ""


def strict_json(text):
    def refuse(word):
        raise ValueError(f"{word} is no JSON")
    return json.loads(text, parse_constant=refuse)


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="synapse-")
        cls.addClassCleanup(scratch.cleanup)
        cls.home = scratch.name
        train = os.path.join(os.path.dirname(PROGRAM), "train_continuous")
        for name, *more in (("arm", "--steps", "3000"), ("longer", "--steps", "4000")):
            subprocess.run([train, "-q", "--checkpoint-dir", os.path.join(cls.home, name), *more], cwd=cls.home, check=True)
        rows = "a,b,label\n" + "".join(f"{i % 7},{i % 5},{i % 3}\n" for i in range(600))
        with open(os.path.join(cls.home, "rows.csv"), "w", encoding="ascii") as file:
            file.write(rows)
        subprocess.run([train, "-q", "--checkpoint-dir", os.path.join(cls.home, "classes"), "--data", "csv", "--path", "rows.csv", "--target",
                        "label", "--task", "classify", "--replay-bits", "8"], cwd=cls.home, check=True)
        cls.arm, cls.longer, cls.classes = (cls.only_checkpoint(name) for name in ("arm", "longer", "classes"))

    @classmethod
    def only_checkpoint(cls, directory):
        base = os.path.join(cls.home, directory)
        names = [name for name in os.listdir(base) if name.endswith(".syn")]
        assert len(names) == 1, names
        return os.path.join(base, names[0])

    def run_program(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.home, capture_output=True, text=True, encoding="utf-8", timeout=120)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def asked(self, *arguments, code=0):
        return strict_json(self.run_program("--json", *arguments, code=code).stdout)

    def damaged(self, name, change):
        with open(self.arm, "rb") as file:
            content = bytearray(file.read())
        content = change(content) or content
        path = os.path.join(self.home, name)
        with open(path, "wb") as file:
            file.write(content)
        return path


class Summary(Case):
    def test_says_who_when_why_and_how(self):
        text = self.run_program(self.arm).stdout
        for words in ("reason \"shutdown\", sequence 1", "synapse ", "regression, 6-32-32-2 tanh", "2,980 steps", "of 12,000 samples, fifo, f32 (32 bits",
                      "0  6x32", "1  32x32", "2  32x2", "health  ", "UTC"):
            self.assertIn(words, text)

    def test_json_agrees_with_an_independent_reader(self):
        for path in (self.arm, self.classes):
            told, truth = self.asked(path), checkpoint_file.read(path)
            self.assertTrue(told["valid"])
            self.assertEqual(told["steps"], truth["step_count"])
            self.assertEqual(told["samples"], truth["total_samples_seen"])
            self.assertEqual(told["sequence"], truth["sequence"])
            self.assertEqual(told["reason"], truth["reason"])
            self.assertEqual(told["replay"]["stored"], truth["replay_buffer"]["used"])
            for index, layer in enumerate(told["systems"]["fast"]):
                dtype, rows, cols, data = truth["model_state_dict"]["fast"][f"layer_{index}"]["weight"]
                self.assertEqual((dtype, rows, cols), ("<f4", layer["inputs"], layer["outputs"]))
                weights = struct.unpack(f"<{rows * cols}f", data)
                self.assertAlmostEqual(layer["weight"]["norm"], sum(w * w for w in weights) ** 0.5, places=6)
                self.assertAlmostEqual(layer["weight"]["mean"], sum(weights) / len(weights), places=6)
                self.assertEqual(layer["weight"]["least"], min(weights))
                self.assertEqual(layer["weight"]["largest"], max(weights))
                self.assertEqual(sum(layer["weight"]["histogram"]), len(weights))
            names = {t["name"] for t in told["tensors"]}
            self.assertIn("model_state_dict/fast/layer_0/weight", names)

    def test_replay_by_class_with_bits(self):
        told, truth = self.asked(self.classes), checkpoint_file.read(self.classes)
        labels = truth["replay_buffer"]["labels"]
        counts = [0] * truth["shape"]["outputs"]
        for label in struct.unpack(f"<{labels[2]}H", labels[3]):
            counts[label] += 1
        self.assertEqual(told["replay"]["by_class"], counts)
        self.assertEqual(told["replay"]["bits"], 8)
        self.assertIsNotNone(told["accuracy"])
        bars = re.search(r"by class +([▁-█]+)  ([\d ]+)\n", self.run_program(self.classes).stdout)
        self.assertEqual([int(n) for n in bars[2].split()], counts[:32])
        for bar, n in zip(bars[1], counts):  # from zero: an eighth a step
            self.assertEqual("▁▂▃▄▅▆▇█".index(bar), min(7, 8 * n // max(counts)))

    def test_the_history_of_its_metrics(self):
        truth = checkpoint_file.read(self.arm)["metrics_history"]
        rows = truth["rows"]
        self.assertEqual(rows, 30)  # one every hundred of 3,000 steps
        steps, known = (struct.unpack(f"<{rows}{kind}", truth[name][3]) for name, kind in (("step", "Q"), ("known", "H")))
        self.assertEqual(steps, tuple(range(100, 3001, 100)))
        told = self.asked(self.arm)["metrics_history"]
        for column, name in enumerate(("error", "accuracy", "phi", "agency", "integration", "confidence", "self_prediction_error", "neurons")):
            values = struct.unpack(f"<{rows}f", truth[name][3])
            expected = [value if mask >> column & 1 else None for value, mask in zip(values, known)]
            if name == "accuracy":
                self.assertEqual(set(expected), {None})
                self.assertNotIn(name, told)  # never known: not there, and not zero
            else:
                self.assertEqual(told[name], expected)
        self.assertIsNone(told["phi"][0])
        self.assertIsNotNone(told["phi"][-1])
        text = self.run_program(self.arm).stdout
        self.assertRegex(text, r"\n    error +[▁-█]{30}  last \d")
        self.assertRegex(text, r"\n    phi +[ ▁-█]{30}  last 0\.\d")
        curves = re.findall(r"\n(    [a-z_0-9]+ +)[ ▁-█]{30}  last ", text)
        self.assertEqual(len({len(name) for name in curves}), 1, "every curve begins in the same column")
        self.assertNotRegex(text, r" \n")

    def test_the_history_goes_on_where_a_life_was_stopped(self):
        whole = checkpoint_file.read(self.longer)["metrics_history"]
        steps = checkpoint_file.read(self.longer)["program"]["steps"]
        program = os.path.join(os.path.dirname(PROGRAM), "train_continuous")
        there = os.path.join(self.home, "stopped")
        for _ in range(2):
            subprocess.run([program, "-q", "--checkpoint-dir", there, "--auto-resume", "--steps", str(steps // 2)], cwd=self.home, check=True)
        newest = max(os.path.join(there, name) for name in os.listdir(there) if name.endswith(".syn"))
        self.assertEqual(checkpoint_file.read(newest)["metrics_history"], whole)

    def test_several_files(self):
        told = self.asked(self.arm, self.classes)
        self.assertEqual([t["task"] for t in told], ["regression", "classification"])

    def test_a_dead_unit_is_found(self):
        def kill(content):
            # Unit 5 of the first layer: no weights in, none out. Its bytes are found through the independent reader.
            for name, rows in ((b"layer_0", 6), (b"layer_1", 32)):
                at = content.index(name)
                at = content.index(b"weight", at)
                at = content.index(b"\xa1b", at) + 2
                at += {0xc4: 2, 0xc5: 3, 0xc6: 5}[content[at]]
                for row in range(rows):
                    if name == b"layer_0" or row == 5:
                        for column in range(32):
                            if name == b"layer_1" or column == 5:
                                place = at + (row * 32 + column) * 4
                                content[place:place + 4] = bytes(4)
            at = content.index(b"bias", content.index(b"layer_0"))
            at = content.index(b"\xa1b", at) + 2
            at += {0xc4: 2, 0xc5: 3, 0xc6: 5}[content[at]]
            content[at + 20:at + 24] = bytes(4)
            struct.pack_into("<I", content, 24, crc32c(content[32:]))
            struct.pack_into("<I", content, 28, crc32c(content[:28]))
        path = self.damaged("dead.syn", kill)
        first = self.asked(path)["systems"]["fast"][0]
        self.assertEqual(first["dead"], [5])
        self.assertEqual(first["useless"], [5])
        self.assertIn("dead: 1 (5)", self.run_program(path).stdout)


    def test_growth_in_the_order_in_which_it_happened(self):
        train = os.path.join(os.path.dirname(PROGRAM), "train_continuous")
        subprocess.run([train, "-q", "--checkpoint-dir", "grown", "--steps", "12000", "--neurogenesis", "--neurons", "4", "--max-neurons", "64"],
                       cwd=self.home, check=True)
        path = self.only_checkpoint("grown")
        history = checkpoint_file.read(path)["growth_history"]
        steps = struct.unpack(f"<{history['step'][2]}Q", history["step"][3])
        after = struct.unpack(f"<{history['after'][2]}I", history["after"][3])
        self.assertGreater(history["used"], 0)
        told = self.asked(path)["growth_events"]
        order = [(history["next"] - age) % len(steps) for age in range(history["used"], 0, -1)]
        self.assertEqual([(event["step"], event["after"]) for event in told], [(steps[i], after[i]) for i in order])
        self.assertIn(f"step {told[0]['step']:,}  layer_0 4 -> {told[0]['after']}  ", self.run_program(path).stdout)


class Damage(Case):
    def test_cut_short(self):
        path = self.damaged("short.syn", lambda content: content[:3000])
        text = self.run_program(path, code=3).stdout
        self.assertIn("cut short: 2968 of the payload's", text)
        self.assertIn("the first ", text)
        told = self.asked(path, code=3)
        self.assertFalse(told["valid"])
        self.assertEqual(told["numbers"]["step_count"], 2980)

    def test_a_flipped_bit_is_named(self):
        def flip(content):
            at = content.index(b"layer_1") + 200
            content[at] ^= 4
            self.at = at
        path = self.damaged("flipped.syn", flip)
        text = self.run_program(path, code=3).stdout
        self.assertIn(f"as if bit 2 of byte {self.at} had flipped (model_state_dict/fast/layer_1/weight, row", text)

    def test_not_a_number(self):
        def spoil(content):
            at = content.index(b"variance")
            at = content.index(b"\xa1b", at) + 4
            struct.pack_into("<f", content, at, float("nan"))
            struct.pack_into("<I", content, 24, crc32c(content[32:]))
            struct.pack_into("<I", content, 28, crc32c(content[:28]))
        path = self.damaged("nan.syn", spoil)
        self.assertIn("variance: 1 of 6 numbers are NaN or infinite", self.run_program(path, code=3).stdout)

    def test_no_checkpoint_at_all(self):
        self.assertIn("No such file", self.run_program("nowhere.syn", code=3).stdout)
        self.assertIn("empty", self.run_program(self.empty(), code=3).stdout)
        self.assertIn("another kind of file", self.run_program(self.damaged("text.syn", lambda content: bytearray(b"hello " * 50)), code=3).stdout)
        self.assertIn("cannot be read", self.run_program(self.home, code=3).stdout)

    def empty(self):
        path = os.path.join(self.home, "empty.syn")
        open(path, "wb").close()
        return path


class Comparing(Case):
    def test_what_changed_and_where(self):
        text = self.run_program("--diff", self.arm, self.longer).stdout
        self.assertIn("step_count  2980 -> 3980", text)
        told = self.asked("--diff", self.arm, self.longer)
        before, after = checkpoint_file.read(self.arm), checkpoint_file.read(self.longer)
        for tensor in told["tensors"]:
            if not tensor["name"].startswith("model_state_dict"):
                continue
            a, b = before, after
            for key in tensor["name"].split("/"):
                a, b = a[key], b[key]
            x, y = (struct.unpack(f"<{t[1] * t[2]}f", t[3]) for t in (a, b))
            self.assertAlmostEqual(tensor["norm_change"], sum((p - q) ** 2 for p, q in zip(x, y)) ** 0.5, places=6)
            self.assertEqual(tensor["changed"], sum(p != q for p, q in zip(x, y)))
            self.assertAlmostEqual(tensor["largest_change"], abs(x[tensor["row"] * a[2] + tensor["column"]] - y[tensor["row"] * a[2] + tensor["column"]]))
        self.assertTrue(any(t["name"] == "replay_buffer/samples" for t in told["tensors"]))

    def test_the_same_file(self):
        self.assertIn("no difference", self.run_program("--diff", self.arm, self.arm).stdout)
        self.assertEqual(self.asked("--diff", self.arm, self.arm), {"numbers": [], "tensors": []})

    def test_other_shapes(self):
        told = self.asked("--diff", self.arm, self.classes)
        self.assertTrue(any(t["from"] is None for t in told["tensors"]))
        self.run_program("--diff", self.arm, "nowhere.syn", code=3)


class Directories(Case):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="synapse-")
        self.addCleanup(scratch.cleanup)
        self.directory = scratch.name
        train = os.path.join(os.path.dirname(PROGRAM), "train_continuous")
        for steps in (1000, 2000, 3000):
            subprocess.run([train, "-q", "--auto-resume", "--checkpoint-dir", self.directory, "--steps", "1000"], cwd=self.directory, check=True)
        self.names = sorted(name for name in os.listdir(self.directory) if name.endswith(".syn"))
        self.assertEqual(len(self.names), 3)

    def test_verify(self):
        told = self.asked("--verify", self.directory)
        self.assertEqual((told["valid"], told["damaged"]), (3, 0))
        self.assertIn("3 valid, 0 damaged; newest ", self.run_program("--verify", self.directory).stdout)
        newest = told["newest"]
        with open(newest, "r+b") as file:
            file.seek(5000)
            byte = file.read(1)[0]
            file.seek(5000)
            file.write(bytes([byte ^ 128]))
        told = self.asked("--verify", self.directory, code=3)
        self.assertEqual((told["valid"], told["damaged"]), (2, 1))
        self.assertNotEqual(told["newest"], newest)
        problem = next(f["problem"] for f in told["files"] if f["file"] == newest)
        self.assertIn("bit 7 of byte 5000", problem)
        self.assertIn("2 valid, 1 damaged", self.run_program("--verify", self.directory, code=3).stdout)

    def test_trend(self):
        told = self.asked("--trend", self.directory)
        self.assertEqual([t["steps"] for t in told], [980, 1980, 2980])  # the arm moves 20 steps before it learns
        self.assertTrue(all(t["error"] > 0 and t["weight_norm"] > 0 and t["neurons"] == 64 for t in told))
        self.assertIn("steps 980 to 2,980", self.run_program("--trend", self.directory).stdout)

    def test_nothing_there(self):
        empty = os.path.join(self.directory, "empty")
        os.mkdir(empty)
        self.run_program("--verify", empty, code=3)
        self.run_program("--trend", empty, code=3)
        self.run_program("--verify", os.path.join(empty, "nowhere"), code=3)


class CommandLine(Case):
    def test_help_and_version(self):
        self.assertIn("--verify DIR", self.run_program("--help").stdout)
        self.assertRegex(self.run_program("--version").stdout, r"^inspect \d+\.\d+\.\d+\n$")

    def test_misuse(self):
        for arguments in ((), ("--diff", self.arm), ("--nonsense", self.arm), ("--verify",), ("--verify", "a", "--trend", "b"), ("--verify", "a", "b")):
            self.assertIn("Try: inspect --help", self.run_program(*arguments, code=2).stderr)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
