#!/usr/bin/env python3
"""inspect --onnx, looked at by onnx itself: its checker and shape inference, and its operators' meaning in numpy, against the checkpoint's
own numbers. (What OpenCV's runtime answers is compared with the learner in tests/hosted/formats/onnx.cpp.) Usage: inspect-onnx.py PROGRAM"""
# Needs: numpy onnx
import os
import subprocess
import sys
import tempfile
import unittest

import numpy
import onnx
import onnx.checker
import onnx.helper
import onnx.numpy_helper
import onnx.shape_inference

import checkpoint_file

PROGRAM = ""


def softmax(sums):
    shares = numpy.exp(sums - sums.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def gemm(a, b, c, transB=0):
    return a @ (b.T if transB else b) + c


OPERATORS = {"Sub": lambda a, b: a - b, "Mul": lambda a, b: a * b, "Add": lambda a, b: a + b, "Clip": lambda a, min, max: numpy.clip(a, min, max),
             "Gemm": gemm, "Relu": lambda a: numpy.maximum(a, 0), "Tanh": numpy.tanh, "Softmax": lambda a, axis: softmax(a), "Identity": lambda a: a}


def run(model, x):
    """The model's answers in double precision. x [batch][inputs]"""
    values = {t.name: onnx.numpy_helper.to_array(t).astype(float) for t in model.graph.initializer}
    values[model.graph.input[0].name] = x
    for node in model.graph.node:
        how = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        values[node.output[0]] = OPERATORS[node.op_type](*(values[name] for name in node.input), **how)
    return values[model.graph.output[0].name]


def answers(checkpoint, system, x):
    """What the learner of a checkpoint answers, from its tensors alone."""
    def tensor(*path):
        node = checkpoint
        for key in path:
            node = node[key]
        return numpy.frombuffer(node[3], node[0]).reshape(node[1], node[2]).astype(float)

    shape, tuning = checkpoint["shape"], checkpoint["tuning"]
    if shape.get("scaling", 0) == 0:
        variance = tensor("input_normalizer", "variance")
        inverse = numpy.where(variance > 1e-12, 1 / numpy.sqrt(numpy.maximum(variance, 1e-30)), 0)
        clamp = tuning.get("input_clamp", 5.0)
        x = numpy.clip((x - tensor("input_normalizer", "mean")) * inverse, -clamp, clamp)
    layers = sum(key.startswith("layer_") for key in checkpoint["model_state_dict"][system])
    for i in range(layers):
        x = x @ tensor("model_state_dict", system, f"layer_{i}", "weight") + tensor("model_state_dict", system, f"layer_{i}", "bias")
        if i + 1 < layers:
            x = numpy.tanh(x) if shape.get("function", 1) == 2 else numpy.maximum(x, 0)
    if shape.get("learns", 0) == 0:
        return x * numpy.sqrt(tensor("target_normalizer", "variance")) + tensor("target_normalizer", "mean")
    return softmax(numpy.where(tensor("classes", "known") != 0, x, -numpy.inf))


class Onnx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="synapse-")
        cls.addClassCleanup(scratch.cleanup)
        cls.home = scratch.name
        with open(os.path.join(cls.home, "rows.csv"), "w", encoding="ascii") as file:
            file.write("a,b,label\n" + "".join(f"{i % 7},{i % 5},{i % 3}\n" for i in range(600)))
        os.mkdir(os.path.join(cls.home, "images"))
        dice = numpy.random.default_rng(2)
        labels = dice.integers(0, 4, 300).astype("u1")
        pixels = (dice.integers(0, 60, (300, 6, 6)) + 40 * labels[:, None, None]).astype("u1")
        for name, kind, numbers in (("train-images-idx3-ubyte", (8, 3), pixels), ("train-labels-idx1-ubyte", (8, 1), labels)):
            with open(os.path.join(cls.home, "images", name), "wb") as file:
                file.write(bytes([0, 0, *kind]) + b"".join(n.to_bytes(4, "big") for n in numbers.shape) + numbers.tobytes())
        train = os.path.join(os.path.dirname(PROGRAM), "train_continuous")
        kinds = {"arm": ("--steps", "3000"), "grown": ("--steps", "5000", "--neurogenesis", "--neurons", "4", "--max-neurons", "64"),
                 "classes": ("--data", "csv", "--path", "rows.csv", "--target", "label", "--task", "classify"),
                 "images": ("--data", "idx", "--path", "images", "--hidden", "12,8")}
        cls.checkpoints = {}
        for name, arguments in kinds.items():
            subprocess.run([train, "-q", "--checkpoint-dir", name, *arguments], cwd=cls.home, check=True, stderr=subprocess.DEVNULL)
            cls.checkpoints[name] = next(os.path.join(cls.home, name, file) for file in os.listdir(os.path.join(cls.home, name)) if file.endswith(".syn"))

    def exported(self, name, system="fast"):
        path = os.path.join(self.home, f"{name}-{system}.onnx")
        subprocess.run([PROGRAM, "--onnx", path, "--system", system, self.checkpoints[name]], cwd=self.home, check=True, stdout=subprocess.DEVNULL, timeout=60)
        return onnx.load(path)

    def test_checked_and_right_to_1e_5(self):
        dice = numpy.random.default_rng(1)
        for name, path in self.checkpoints.items():
            checkpoint = checkpoint_file.read(path)
            for system in checkpoint["model_state_dict"]:
                with self.subTest(name=name, system=system):
                    model = self.exported(name, system)
                    onnx.checker.check_model(model, full_check=True)
                    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
                    outputs = inferred.graph.output[0].type.tensor_type.shape.dim[1].dim_value
                    self.assertEqual(outputs, checkpoint["shape"]["outputs"])
                    self.assertEqual([i.name for i in model.graph.input], ["x"])
                    self.assertEqual([o.name for o in model.graph.output], ["y"])
                    x = 8 * dice.standard_normal((50, checkpoint["shape"]["inputs"]))
                    truth = answers(checkpoint, system, x)
                    numpy.testing.assert_allclose(run(model, x), truth, rtol=1e-5, atol=1e-5 * numpy.abs(truth).max())

    def test_the_last_kind_holds_two_systems(self):
        self.assertEqual(set(checkpoint_file.read(self.checkpoints["images"])["model_state_dict"]), {"fast", "slow"})


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
