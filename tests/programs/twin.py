#!/usr/bin/env python3
"""twin as a firmware engineer uses it: a life goes on from a checkpoint by its log, agrees, or is told where it parted. Usage: twin.py PROGRAM"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = None


class Case(unittest.TestCase):
    """A life of 700 rows, stopped after 400: by train_continuous, in which a device's calls are known."""

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="synapse-")
        cls.addClassCleanup(scratch.cleanup)
        cls.home = scratch.name
        dice = random.Random(5)
        numbers = [[dice.uniform(-1, 1) for _ in range(3)] for _ in range(700)]
        cls.lives = {}
        for task, answer in (("regress", lambda x: f"{x[0] * x[1] - x[2]:.9g}"), ("classify", lambda x: str(int(x[0] > 0) + int(x[1] > 0)))):
            rows = [",".join([*(f"{n:.9g}" for n in x), answer(x)]) for x in numbers]
            path = os.path.join(cls.home, task + ".csv")
            with open(path, "w", encoding="ascii") as file:
                file.write("a,b,c,y\n" + "\n".join(rows) + "\n")
            first, hash_first = cls.lived(task, "first", "--data", "csv", "--path", path, "--steps", "400")
            last, hash_last = cls.lived(task, "last", "--data", "csv", "--path", path, "--resume", first)
            cls.lives[task] = (first, hash_first, last, hash_last, rows)

    @classmethod
    def lived(cls, task, name, *arguments):
        program = os.path.join(os.path.dirname(PROGRAM), "train_continuous")
        there, report = os.path.join(cls.home, task + name), os.path.join(cls.home, task + name + ".json")
        subprocess.run([program, "-q", "--task", task, "--checkpoint-dir", there, "--report", report, *arguments], cwd=cls.home, check=True)
        with open(report, encoding="utf-8") as file:
            told = json.load(file)
        return os.path.join(cls.home, told["checkpoint"]), told["weights_hash"]

    def log(self, lines, name="log.csv"):
        path = os.path.join(self.home, name)
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        return path

    def run_program(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.home, capture_output=True, text=True, encoding="utf-8", timeout=120)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done


class Agreeing(Case):
    def test_the_same_life_is_the_same_to_the_last_bit(self):
        for task in self.lives:
            first, hash_first, last, hash_last, rows = self.lives[task]
            whole = self.log([f"# hash 400 {hash_first}", *rows[400:], f"# hash 700 {hash_last}"])
            text = self.run_program(first, whole).stdout
            self.assertIn(f"weights {hash_first}", text)
            self.assertIn(f"to step 700, weights {hash_last}", text)
            self.assertIn("2 hashes of the device agree", text)
            kept = os.path.join(self.home, "twin.syn")
            self.run_program(first, self.log(rows[400:]), "--save", kept)
            self.assertIn(f"weights {hash_last}", self.run_program(kept, self.log([f"# hash 700 {hash_last}"])).stdout)

    def test_lines_before_the_checkpoint_are_passed_over(self):
        first, hash_first, _, hash_last, rows = self.lives["regress"]
        text = self.run_program(first, self.log(["# a device", *rows[:400], f"# hash 400 {hash_first}", *rows[400:], f"# hash 700 {hash_last}"])).stdout
        self.assertIn("300 steps replayed", text)

    def test_where_one_stops(self):
        first, hash_first, _, _, rows = self.lives["regress"]
        text = self.run_program(first, self.log([f"# hash 400 {hash_first}", *rows[400:]]), "--stop", "450", "--trace", "3").stdout
        self.assertIn("to step 450", text)
        self.assertEqual(re.findall(r"step (\d+) +line", text), ["448", "449", "450"])

    def test_a_later_checkpoint(self):
        first, _, last, _, rows = self.lives["classify"]
        kept = os.path.join(self.home, "kept.syn")
        self.run_program(first, self.log(rows[400:]), "--save", kept)
        self.assertIn("the same in every bit", self.run_program(first, self.log(rows[400:]), "--end", last).stdout)
        self.assertIn("was not reached", self.run_program(first, self.log(rows[400:500]), "--end", last, code=1).stdout)
        # A life with other samples of the same length.
        self.assertIn("it differs", self.run_program(first, self.log(rows[:300]), "--end", last, code=1).stdout)
        self.assertIn("earlier step", self.run_program(last, self.log(rows[:1]), "--end", first, code=3).stderr)

    def test_nothing_to_compare_is_said(self):
        first, _, _, _, rows = self.lives["regress"]
        self.assertIn("nothing was compared", self.run_program(first, self.log(rows[400:])).stdout)


class Parting(Case):
    def marks(self, task, rows):
        """Hashes of the true life every ten rows, as the twin itself makes them."""
        first, hash_first, _, _, _ = self.lives[task]
        out = [f"# hash 400 {hash_first}"]
        for count in range(10, 51, 10):
            text = self.run_program(first, self.log(rows[400:400 + count], "short.csv")).stdout
            out += rows[390 + count:400 + count]
            out.append(f"# hash {400 + count} " + re.search(rf"to step {400 + count}, weights ([0-9a-f]+)", text)[1])
        return out

    def test_between_which_steps_and_why(self):
        for task in self.lives:
            first, _, _, _, rows = self.lives[task]
            true = self.marks(task, rows)
            self.assertIn("6 hashes of the device agree", self.run_program(first, self.log(true)).stdout)
            # The device learned a row that its log lost; then its log has one that it did not learn; then one is altered.
            lost = true[:27] + [true[26]] + true[27:]
            text = self.run_program(first, self.log(lost), code=1).stdout
            self.assertIn("PARTED after step 420 and by step 430", text)
            self.assertRegex(text, r"they agree if line 2[78] was not learned")
            missing = [line for i, line in enumerate(true) if i != 26]
            text = self.run_program(first, self.log(missing), code=1).stdout
            self.assertIn("PARTED after step 420 and by step 430", text)
            self.assertNotIn("they agree if", text)  # no line of the log is the one that it lost
            altered = list(true)
            altered[26] = "0.5" + altered[26][altered[26].index(","):]
            text = self.run_program(first, self.log(altered), "--trace", "4", code=1).stdout
            self.assertIn("PARTED after step 420 and by step 430", text)
            self.assertEqual(len(re.findall(r"step \d+ +line", text)), 4)

    def test_a_call_that_was_logged_once_and_made_twice(self):
        first, hash_first, _, _, rows = self.lives["regress"]
        text = self.run_program(first, self.log([*rows[400:406], rows[405], *rows[406:410]], "twice.csv")).stdout
        mark = "# hash 411 " + re.search(r"to step 411, weights ([0-9a-f]+)", text)[1]
        text = self.run_program(first, self.log([f"# hash 400 {hash_first}", *rows[400:410], mark]), code=1).stdout
        self.assertIn("they agree if line 7 was learned twice", text)

    def test_a_refused_sample_is_told(self):
        first, hash_first, _, _, rows = self.lives["regress"]
        bad = "nan" + rows[405][rows[405].index(","):]
        text = self.run_program(first, self.log([f"# hash 400 {hash_first}", *rows[400:405], bad, *rows[406:410], "# hash 410 0123456789abcdef"]), code=1).stdout
        self.assertIn("1 samples refused", text)
        self.assertRegex(text, r"line 7 .* refused: not_finite")

    def test_sleep_is_a_call_too(self):
        first, _, _, _, rows = self.lives["regress"]
        awake = self.run_program(first, self.log(rows[400:410])).stdout
        slept = self.run_program(first, self.log([*rows[400:410], "# sleep 50"])).stdout
        last = r"to step \d+, weights ([0-9a-f]+)"
        self.assertNotEqual(re.search(last, awake)[1], re.search(last, slept)[1])


class Misuse(Case):
    def test_the_command_line(self):
        self.run_program(code=2)
        self.run_program("one", code=2)
        self.run_program("one", "two", "--trace", "-1", code=2)
        self.assertIn("usage: twin", self.run_program("--help").stdout)
        self.assertRegex(self.run_program("--version").stdout, r"^twin \d")

    def test_files_that_cannot_be_used(self):
        first, _, _, _, rows = self.lives["classify"]
        good = self.log(rows[400:])
        for arguments, words in (((first, os.path.join(self.home, "none")), "cannot be read"), (("none.syn", good), "none.syn"), ((good, good), "damaged")):
            self.assertIn(words, self.run_program(*arguments, code=3).stderr)
        for lines, words in ((["1,2,3"], "bad.csv:1: 3 numbers"), (["1,2,x,0"], "'x' is no number"), (["", "1,2,3,0.5"], "bad.csv:2: the last number is no label"),
                             (["1,2,3,16"], "no label"), (["1,,3,1"], "'' is no number"), (["# hash 1"], "# hash STEP"), (["# sleep x"], "# sleep SAMPLES")):
            self.assertIn(words, self.run_program(first, self.log(lines, "bad.csv"), code=3).stderr)
        self.run_program(first, good, "--save", os.path.join(self.home, "no", "where.syn"), code=5)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
