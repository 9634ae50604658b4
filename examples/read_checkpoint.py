#!/usr/bin/env python3
"""Opens a checkpoint with nothing but msgpack and numpy, and prints every tensor's shape and norm: read_checkpoint.py FILE"""
import sys
import msgpack
import numpy


def tensors(node, path=(), span=None):
    if isinstance(node, dict) and set(node) == set("dsb"):
        numbers = numpy.frombuffer(node["b"], node["d"]).reshape(node["s"]).astype("f8")
        yield "/".join(path), numbers if span is None else span[0] + numbers * ((span[1] - span[0]) / 255)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from tensors(value, path + (key,), node.get(key + "_range"))

with open(sys.argv[1], "rb") as file:
    header, learner = msgpack.Unpacker(file, raw=False, max_buffer_size=2**32 - 1)
print(f"format {header.data[4]}.{header.data[5]}, {learner['step_count']} steps, reason {learner['reason']}")
for name, tensor in tensors(learner):
    print(f"{name} {'x'.join(map(str, tensor.shape))} {numpy.linalg.norm(tensor):.6g}")
