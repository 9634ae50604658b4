#!/usr/bin/env python3
"""rehearse as its users meet it: what it advises fits, compiles, and is worth taking. Usage: rehearse.py PROGRAM [TEST...]"""
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="synapse-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def run_program(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, encoding="utf-8", timeout=120)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def report(self, *arguments):
        self.run_program("--report", "report.json", *arguments)
        with open(self.path("report.json"), encoding="utf-8") as file:
            return json.load(file)

    def circle(self, rows=3000, seed=1):
        """Inside a circle or not: no line tells."""
        source = random.Random(seed)
        lines = ["x,y,where"]
        for _ in range(rows):
            x, y = source.uniform(-1, 1), source.uniform(-1, 1)
            lines.append(f"{x:.4f},{y:.4f},{'inside' if x * x + y * y < 0.6 else 'outside'}")
        return self.write("circle.csv", "\n".join(lines) + "\n")


class Rehearse(Case):
    def test_what_is_not_understood(self):
        for arguments in ([], ["--ram", "8"], ["--path", "x"], ["--path", "x", "--ram", "0"], ["--path", "x", "--ram", "8k"], ["--path", "x", "--ram", "8", "--samples", "3"],
                          ["--path", "x", "--ram", "8", "--instructions", "0"], ["word"]):
            with self.subTest(arguments):
                self.assertIn("rehearse --help", self.run_program(*arguments, code=2).stderr)
        self.assertIn("Examples:", self.run_program("--help").stdout)
        self.assertRegex(self.run_program("--version").stdout, r"^rehearse \d+\.\d+\.\d+\n$")

    def test_hidden_units_are_advised_where_a_line_does_not_tell(self):
        report = self.report("--path", self.circle(), "--ram", 16)
        best = report["candidates"][report["best"]]
        linear = [c for c in report["candidates"] if c["net"] == "2-2"]
        self.assertGreater(best["prequential_accuracy"], 0.9)
        self.assertGreater(best["accuracy"], 0.9)
        self.assertLess(max(c["accuracy"] for c in linear), 0.75)
        for c in report["candidates"]:
            self.assertLessEqual(c["ram_bytes"], 16 * 1024)
            self.assertEqual(c["refused"], 0)
            self.assertGreaterEqual(c["forgetting"], 0)
        self.assertEqual(self.report("--path", self.circle(), "--ram", 16), report)

    def test_a_world_that_turns_around_is_forgotten(self):
        source = random.Random(4)
        rows = [(source.uniform(-1, 1), source.uniform(-1, 1)) for _ in range(4000)]
        text = "".join(f"{a:.4f},{b:.4f},{(a if i < 2000 else -a) + 0.1 * b:.5f}\n" for i, (a, b) in enumerate(rows))
        report = self.report("--path", self.write("turn.csv", text), "--task", "regress", "--ram", 4)
        self.assertGreater(min(c["forgetting"] for c in report["candidates"]), 0.1)
        self.assertIsNone(report["candidates"][0]["accuracy"])
        report = self.report("--path", "turn.csv", "--task", "regress", "--ram", 16)
        growing = [c for c in report["candidates"] if ".plastic = true" in c["shape"]]
        self.assertGreater(max(c["growth_events"] for c in growing), 0)  # it notices
        self.assertEqual({c["growth_events"] for c in report["candidates"] if c not in growing}, {0})

    def test_limits(self):
        path = self.circle(500)
        few = self.report("--path", path, "--ram", 16, "--instructions", 6000)
        self.assertTrue(all(c["instructions_per_step"] <= 6000 for c in few["candidates"]))
        self.assertEqual(self.report("--path", path, "--ram", 16, "--samples", 100)["rows"], 100)
        wide = self.write("wide.csv", "".join(",".join(str((i * j) % 7) for j in range(61)) + f",{i % 2}\n" for i in range(50)))
        self.assertIn("no network fits", self.run_program("--path", wide, "--ram", 1, code=1).stderr)
        self.assertIn("bad.csv:2: column 1: 'x' is not a number", self.run_program("--path", self.write("bad.csv", "1,0\nx,1\n2,0\n"), "--ram", 8, code=3).stderr)
        self.run_program("--path", "none.csv", "--ram", 8, code=3)
        self.run_program("--path", path, "--ram", 8, "--report", "none/report.json", code=5)

    def test_the_advice_compiles_and_is_as_large_as_it_says(self):
        compilers = [c for c in ("arm-none-eabi-g++", "g++", "clang++") if shutil.which(c)]
        self.assertTrue(compilers)
        compiler = compilers[0]
        for path, more in ((self.circle(), []), (self.write("r.csv", "".join(f"{i % 7},{i % 5},{(i % 7) * 0.5}\n" for i in range(400))), ["--task", "regress"])):
            out = self.run_program("--path", path, "--ram", 12, "--report", "report.json", *more).stdout
            with open(self.path("report.json"), encoding="utf-8") as file:
                report = json.load(file)
            best = report["candidates"][report["best"]]
            advice = re.search(r"For the firmware:\n((?:  .*\n)+)", out).group(1)
            self.assertIn(best["shape"], advice)
            self.assertIn(best["tuning"], advice)
            lines = advice.strip().split("\n")
            checks = ""
            if compiler.startswith("arm"):  # a desktop's arrays are padded
                checks = (f"static_assert(model_type::bytes == {best['block_bytes']});\n"
                          f"static_assert(sizeof(model_type) + model_type::bytes <= {best['ram_bytes']});\n")
            growing = [c for c in report["candidates"] if ".plastic = true" in c["shape"]][0]
            checks += f"static_assert({growing['shape']}.flaw() == nullptr);\n"
            if compiler.startswith("arm"):
                checks += f"static_assert(synapse::learner<{growing['shape']}>::bytes == {growing['block_bytes']});\n"
            source = self.write("advice.cpp", "#include <synapse/synapse.hpp>\n" + lines[0] + "\n" + lines[1] + "\n" + checks +
                                "int main() {\n" + lines[2] + "\n return static_cast<int>(model.latest().steps); }\n")
            done = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", "-fno-exceptions", f"-I{INCLUDE}",
                                   *(["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"] if compiler.startswith("arm") else []), source],
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            if compiler.startswith("arm"):
                for c in (best, growing):
                    self.assertAlmostEqual(self.linked(c["shape"], c["shape"].count("classification")), c["flash_bytes"], delta=c["flash_bytes"] / 4)

    def linked(self, shape, labels):
        """Bytes of code that a firmware for a Cortex-M4F pays for a learner that learns and predicts."""
        flags = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-Os", "-ffunction-sections", "-fdata-sections"]
        more = ["-std=c++20", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-ffp-contract=off", f"-I{INCLUDE}"]
        source = self.write("firmware.cpp", f'''#include <new>
#include <synapse/synapse.hpp>
extern "C" int sample(float* x, float* y);
extern "C" int put(const void* bytes, std::size_t size);
constexpr synapse::shape form = {shape};
float x[form.inputs], y[form.outputs];
int main() {{
#ifdef LEARNS
    using model_type = synapse::learner<form>;
    static synapse::fixed_arena<model_type::bytes> memory;
    alignas(model_type) static std::byte room[sizeof(model_type)];
    auto* model = ::new (static_cast<void*>(room)) model_type{{memory, synapse::tuning{{.replay_ratio = 0.2f}}}};
#endif
    while (sample(x, y) != 0) {{
#ifdef LEARNS
        if (!synapse::ok(model->step(x, {"0u" if labels else "y"})) || !synapse::ok(model->predict(x, y))) return 1;
        put(y, sizeof y);
#endif
    }}
    return 0;
}}
''')
        board = INCLUDE.parent / "tests/size/board.c"
        subprocess.run(["arm-none-eabi-gcc", *flags, "-c", str(board), "-o", self.path("board.o")], check=True, timeout=60)
        text = []
        for define in ([], ["-DLEARNS"]):
            done = subprocess.run(["arm-none-eabi-g++", *flags, *more, *define, source, self.path("board.o"), "--specs=nano.specs", "--specs=nosys.specs",
                                   "-Wl,--gc-sections,-z,noexecstack", "-o", self.path("firmware.elf")], capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            size = subprocess.run(["arm-none-eabi-size", self.path("firmware.elf")], capture_output=True, text=True, check=True).stdout
            text.append(int(size.splitlines()[1].split()[0]))
        return text[1] - text[0]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"{PROGRAM} is no program")
    unittest.main(verbosity=1)
