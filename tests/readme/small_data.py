"""Data in small, in the layouts of the real: mnist/ with four IDX files, streams/ with two tables."""
import random
import struct

SIDE = 6  # pixels


def images(folder, name, count, source):
    pixels, labels = bytearray(), bytearray()
    for i in range(count):
        label = i % 10
        labels.append(label)
        pixels += bytes(min(255, (200 if p % 10 == label else 0) + source.randrange(56)) for p in range(SIDE * SIDE))
    (folder / f"{name}-images-idx3-ubyte").write_bytes(struct.pack(">4I", 0x803, count, SIDE, SIDE) + pixels)
    (folder / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, count) + labels)


def write(folder):
    source = random.Random(1)
    for name in ("mnist", "streams"):
        (folder / name).mkdir()
    images(folder / "mnist", "train", 200, source)
    images(folder / "mnist", "t10k", 50, source)
    for name in ("elec2", "weather"):
        rows = ["a,b,c,class"]
        for _ in range(200):
            x = [source.random() for _ in range(3)]
            rows.append(",".join(f"{v:.4f}" for v in x) + f",{int(x[0] > x[1])}")
        (folder / "streams" / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
