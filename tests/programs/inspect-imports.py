#!/usr/bin/env python3
"""inspect --import: nets of numpy, safetensors and ONNX as checkpoints that a learner goes on from. Usage: inspect-imports.py PROGRAM [TEST...]"""
# Needs: numpy
import io
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

import numpy

import checkpoint_file

PROGRAM = ""
TRAIN = ""
LIMITED = False  # whether the program runs in little memory; one with sanitizers cannot


def little_memory():
    resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))


def safetensors(arrays, **metadata):
    head, data = {"__metadata__": metadata}, b""
    for name, array in arrays.items():
        kind = {"f2": "F16", "f4": "F32", "f8": "F64", "u1": "U8", "i8": "I64"}[array.dtype.str[1:]]
        head[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + data


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="synapse-")
        cls.addClassCleanup(scratch.cleanup)
        cls.home = scratch.name
        subprocess.run([TRAIN, "-q", "--checkpoint-dir", "arm", "--steps", "3000"], cwd=cls.home, check=True)
        cls.arm = "arm/" + next(name for name in os.listdir(os.path.join(cls.home, "arm")) if name.endswith(".syn"))
        dice = numpy.random.default_rng(5)
        cls.layers = [(dice.standard_normal((n, m)).astype("f4"), dice.standard_normal(m).astype("f4")) for n, m in ((3, 8), (8, 6), (6, 2))]

    def path(self, name):
        return os.path.join(self.home, name)

    def put(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)
        return name

    def run_program(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.home, capture_output=True, text=True, timeout=120, preexec_fn=little_memory if LIMITED else None)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def imported(self, name, *more):
        self.run_program("--import", name, "--to", "new.syn", *more)
        self.assertTrue(json.loads(self.run_program("--json", "new.syn").stdout)["valid"])
        return checkpoint_file.read(self.path("new.syn"))

    def tensor(self, checkpoint, *names):
        for name in names:
            checkpoint = checkpoint[name]
        dtype, rows, columns, data = checkpoint
        return numpy.frombuffer(data, dtype).reshape(rows, columns)

    def check_layers(self, checkpoint, layers, systems=("fast",)):
        for system in systems:
            self.assertEqual(len(checkpoint["model_state_dict"][system]), len(layers))
            for i, (weight, bias) in enumerate(layers):
                self.assertTrue(numpy.array_equal(self.tensor(checkpoint, "model_state_dict", system, f"layer_{i}", "weight"), weight))
                self.assertTrue(numpy.array_equal(self.tensor(checkpoint, "model_state_dict", system, f"layer_{i}", "bias")[0], bias))

    def savez(self, name, save=numpy.savez, **arrays):
        memory = io.BytesIO()
        save(memory, **arrays)
        return self.put(name, memory.getvalue())


class Numpy(Case):
    def test_rows_are_inputs(self):
        arrays = {f"{what}{i}": array for i, layer in enumerate(self.layers) for what, array in zip(("w", "b"), layer)}
        new = self.imported(self.savez("net.npz", **arrays), "--hidden", "tanh", "--replay", "50")
        self.check_layers(new, self.layers)
        self.assertEqual(new["shape"]["function"], 2)
        self.assertEqual(new["shape"]["replay"], 50)
        self.assertEqual(new["reason"], "imported")
        self.assertEqual(new["step_count"], 0)

    def test_rows_are_outputs_and_doubles_by_columns(self):
        arrays = {}
        for i, (weight, bias) in enumerate(self.layers):
            arrays[f"{2 * i}.weight"] = numpy.asfortranarray(weight.T.astype("f8"))
            arrays[f"{2 * i}.bias"] = bias.astype("f8")
        new = self.imported(self.savez("net.npz", **arrays))
        self.check_layers(new, self.layers)

    def test_square_weights_have_to_be_told(self):
        square = numpy.arange(9, dtype="f4").reshape(3, 3)
        self.savez("net.npz", w=square, b=numpy.zeros(3, "f4"))
        self.assertIn("has to be said", self.run_program("--import", "net.npz", "--to", "x.syn", code=3).stderr)
        zero = numpy.zeros(3, "f4")
        self.check_layers(self.imported("net.npz", "--rows", "inputs"), [(square, zero)])
        self.check_layers(self.imported("net.npz", "--rows", "outputs"), [(square.T, zero)])

    def test_statistics_and_classes(self):
        arrays = {f"{what}{i}": array for i, layer in enumerate(self.layers) for what, array in zip(("w", "b"), layer)}
        mean, scale = numpy.array([1, 2, 3], "f4"), numpy.array([2, 4, 8], "f4")
        new = self.imported(self.savez("net.npz", input_mean=mean, input_scale=scale, **arrays), "--classify")
        self.assertTrue(numpy.array_equal(self.tensor(new, "input_normalizer", "mean")[0], mean))
        self.assertTrue(numpy.allclose(self.tensor(new, "input_normalizer", "variance")[0], 1 / scale**2))
        self.assertEqual(new["shape"]["learns"], 1)
        self.assertTrue(self.tensor(new, "classes", "known").all())


class Other(Case):
    def test_safetensors_as_pytorch_writes_them(self):
        arrays = {}
        for i, (weight, bias) in enumerate(self.layers):
            arrays[f"net.{2 * i}.bias"] = bias
            arrays[f"net.{2 * i}.weight"] = numpy.ascontiguousarray(weight.T)
        self.check_layers(self.imported(self.put("net.safetensors", safetensors(arrays, format="pt"))), self.layers)

    def test_there_and_back(self):
        """Every export of a device's checkpoint comes back as the same weights and statistics."""
        before = checkpoint_file.read(self.path(self.arm))
        layers = [[self.tensor(before, "model_state_dict", "fast", f"layer_{i}", what) for what in ("weight", "bias")] for i in range(3)]
        for option, name in (("--npz", "there.npz"), ("--safetensors", "there.safetensors"), ("--onnx", "there.onnx")):
            self.run_program(option, name, self.arm)
            new = self.imported(name)
            self.check_layers(new, [(weight, bias[0]) for weight, bias in layers])
            self.assertEqual(new["shape"]["function"], before["shape"]["function"])
            for group in ("input_normalizer", "target_normalizer"):
                for what in ("mean", "variance"):
                    self.assertTrue(numpy.allclose(self.tensor(new, group, what), self.tensor(before, group, what), rtol=1e-6))

    def test_like_a_device_keeps_what_it_remembers_and_learns_on(self):
        self.run_program("--npz", "device.npz", self.arm)
        with numpy.load(self.path("device.npz")) as file:
            arrays = {name: file[name] for name in file.files}
        name = "model_state_dict/fast/layer_1/weight"
        arrays[name] = arrays[name] * numpy.float32(0.5)  # stands for a fine-tuning elsewhere
        self.savez("tuned.npz", **arrays)
        new, old = self.imported("tuned.npz", "--like", self.arm), checkpoint_file.read(self.path(self.arm))
        self.assertTrue(numpy.array_equal(self.tensor(new, "model_state_dict", "fast", "layer_1", "weight"), arrays[name]))
        for key in ("replay_buffer", "step_count", "total_samples_seen", "shape", "tuning", "report"):
            self.assertEqual(new[key], old[key], key)
        told = json.loads(self.run_program("--json", "--diff", self.arm, "new.syn").stdout)
        changed = [t["name"] for t in told["tensors"] if t["to"] is not None and t["name"].startswith("model_state_dict")]
        self.assertEqual(changed, [name])
        subprocess.run([TRAIN, "-q", "--resume", "new.syn", "--steps", "1000", "--checkpoint-dir", "later"], cwd=self.home, check=True, timeout=60)
        later = checkpoint_file.read(self.path("later/" + next(name for name in os.listdir(self.path("later")) if name.endswith(".syn"))))
        self.assertEqual(later["step_count"], old["step_count"] + 980)  # the arm moves 20 steps before it learns
        self.assertFalse(numpy.array_equal(self.tensor(later, "model_state_dict", "fast", "layer_1", "weight"), arrays[name]))

    def test_what_does_not_fit_the_device_is_refused(self):
        arrays = {f"{what}{i}": array for i, layer in enumerate(self.layers) for what, array in zip(("w", "b"), layer)}
        self.savez("net.npz", **arrays)
        self.assertIn("the learner has other layers than the net", self.run_program("--import", "net.npz", "--to", "x.syn", "--like", self.arm, code=3).stderr)
        self.assertIn("nowhere.syn", self.run_program("--import", "net.npz", "--to", "x.syn", "--like", "nowhere.syn", code=3).stderr)
        self.assertFalse(os.path.exists(self.path("x.syn")))


class Hostile(Case):
    """Each with an address space of 512 MiB where that can be: nothing that a file claims is believed before it is there."""

    def refused(self, name, why=""):
        done = self.run_program("--import", name, "--to", "x.syn", code=3)
        self.assertIn(f"inspect: {name}: ", done.stderr)
        self.assertIn(why, done.stderr)
        self.assertFalse(os.path.exists(self.path("x.syn")))

    def test_compressed_archives_and_bombs(self):
        self.savez("deflated.npz", numpy.savez_compressed, w=self.layers[0][0])
        self.refused("deflated.npz", "savez, not savez_compressed")
        with zipfile.ZipFile(self.path("bomb.npz"), "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("w.npy", "w") as file:
                for _ in range(64):
                    file.write(bytes(1 << 20))
        self.refused("bomb.npz", "savez, not savez_compressed")

    def test_claims_of_giant_sizes(self):
        for shape in ((1 << 31, 1 << 31), (1 << 40,), (0, 1 << 31), (1 << 20, 1 << 10)):
            head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
            memory = io.BytesIO()
            with zipfile.ZipFile(memory, "w") as archive:
                archive.writestr("w.npy", b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + bytes(64))
            self.refused(self.put("giant.npz", memory.getvalue()))
            text = json.dumps({"w": {"dtype": "F32", "shape": list(shape), "data_offsets": [0, 64]}}).encode()
            self.refused(self.put("giant.safetensors", struct.pack("<Q", len(text)) + text + bytes(64)))
        self.refused(self.put("head.safetensors", struct.pack("<Q", 1 << 62) + b"{}" + bytes(64)), "16 MiB")

    def test_wrong_types_and_numbers(self):
        for name, array in {"complex": numpy.zeros((3, 2), "c8"), "text": numpy.array([["a", "b"]]), "big": numpy.zeros((3, 2), ">f4"),
                            "nan": numpy.full((3, 2), numpy.nan, "f4"), "beyond": numpy.full((3, 2), 1e300), "cube": numpy.zeros((2, 2, 2), "f4"),
                            "vector": numpy.zeros(3, "f4"), "nothing": numpy.zeros((0, 2), "f4")}.items():
            self.refused(self.savez(name + ".npz", w=array))
        self.refused(self.savez("empty.npz"))
        self.savez("pickle.npz", w=numpy.array([{"a": 1}], dtype=object))
        self.refused("pickle.npz", "numbers of type |O are not read")

    def test_cut_short(self):
        arrays = {f"{what}{i}": array for i, layer in enumerate(self.layers) for what, array in zip(("w", "b"), layer)}
        self.savez("whole.npz", **arrays)
        self.run_program("--onnx", "whole.onnx", self.arm)
        self.put("whole.safetensors", safetensors(arrays))
        for name in ("whole.npz", "whole.onnx", "whole.safetensors"):
            with open(self.path(name), "rb") as file:
                content = file.read()
            for size in (0, 1, 7, 8, 9, 20, 100, len(content) // 2, len(content) - 30, len(content) - 10):
                self.refused(self.put("cut", content[:size]))

    def test_files_of_other_kinds(self):
        self.refused("nowhere", "No such file")
        self.refused(self.put("text", b"hello, this is no net\n" * 10))
        self.refused(self.arm)
        self.refused(".")


class CommandLine(Case):
    def test_misuse(self):
        for arguments in (("--import", "a"), ("--to", "a"), ("--import", "a", "--to", "b", "c"), ("--import", "a", "--to", "b", "--json"), ("--like", "a", "b"),
                          ("--import", "a", "--to", "b", "--like", "c", "--replay", "5"), ("--import", "a", "--to", "b", "--rows", "both"),
                          ("--import", "a", "--to", "b", "--hidden", "sigmoid"), ("--import", "a", "--to", "b", "--npz", "c"), ("--classify", "a")):
            self.assertIn("Try: inspect --help", self.run_program(*arguments, code=2).stderr)

    def test_a_place_that_cannot_be_written(self):
        self.savez("net.npz", w=self.layers[0][0], b=self.layers[0][1])
        self.assertIn("cannot write", self.run_program("--import", "net.npz", "--to", "no/such/place.syn", code=5).stderr)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    TRAIN = os.path.join(os.path.dirname(PROGRAM), "train_continuous")
    LIMITED = subprocess.run([PROGRAM, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=little_memory).returncode == 0
    unittest.main()
