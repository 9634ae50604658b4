#!/usr/bin/env python3
"""train as its users meet it: epochs, their bar and summary, best and last checkpoint, going on within an epoch. Usage: train.py PROGRAM [TEST...]"""
import json
import os
import pty
import random
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
EPOCH = re.compile(r"^Epoch +(\d+)/(\d+) \| Error=\S+( \| Test error=\S+)? \| Time: \S.*? \| [\d,]+ samples/s( \| ETA [\dhms ]+)?( \| best)?$")


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="synapse-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def run_program(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, encoding="utf-8", timeout=120)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def report(self, *arguments, code=0):
        self.run_program("--report", "report.json", *arguments, code=code)
        with open(self.path("report.json"), encoding="utf-8") as file:
            return json.load(file)

    def table(self, name, rows, seed):
        """Two clouds, a word column, some values missing."""
        source = random.Random(seed)
        lines = ["x,place,y,class"]
        for _ in range(rows):
            label = source.randrange(2)
            x = f"{source.gauss(3 * label, 1):.4f}" if source.random() > 0.1 else ""
            lines.append(f'{x},"{source.choice(["in, side", "out"])}",{source.gauss(-2 * label, 1):.4f},{["no", "yes"][label]}')
        return self.write(name, "\n".join(lines) + "\n")

    def same_run(self, a, b):
        for key in ("weights_hash", "steps", "samples", "best_epoch", "best_error", "test_error", "error"):
            self.assertEqual(a[key], b[key], key)
        self.assertEqual([(e["error"], e["test_error"]) for e in a["history"]], [(e["error"], e["test_error"]) for e in b["history"]])

    def interrupt(self, *arguments, after=1):
        """Starts a run and stops it by SIGINT when so many epochs have ended. Its report."""
        process = subprocess.Popen([PROGRAM, "--report", "report.json", *map(str, arguments)], cwd=self.directory, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, encoding="utf-8")
        ended = 0
        while ended < after:
            line = process.stdout.readline()
            self.assertNotEqual(line, "", "ended too early")
            ended += bool(EPOCH.match(line.rstrip("\n")))
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, out + error)
        with open(self.path("report.json"), encoding="utf-8") as file:
            return json.load(file), out


class CommandLine(Case):
    def test_version_and_help(self):
        self.assertRegex(self.run_program("--version").stdout, r"^train \d+\.\d+\.\d+\n$")
        text = self.run_program("--help").stdout
        for option in """config samples epochs order hold learning-rate final-rate replay-ratio checkpoint-dir save-interval resume auto-resume
                log data path target task header test hidden batch seed report quiet version help""".split():
            self.assertEqual(len(re.findall(rf"--{option}(?= |\n|$)(?! [a-z0-9]+ )", text.split("\nExamples:")[0])), 1, option)
        self.assertEqual(os.listdir(self.directory), [])

    def test_what_is_not_understood_is_a_usage_error(self):
        for arguments in (["--config", "default"], ["--config", "quick"], ["--epochs", "0"], ["--epochs", "1.5"], ["--samples", "0"], ["--steps", "5"],
                          ["--hours", "1"], ["--data", "-"], ["--data", "synthetic"], ["--data", "cart-pole"], ["--data", "acrobot"], ["--data", "csv"], ["--order", "by-class:2"], ["--hold", "-1"], ["--final-rate", "0"],
                          ["--final-rate", "2"], ["--sleep-every", "5"], ["--auto-resume", "--resume", "x"], ["word"], ["--path", "x"], ["--hidden", "0"]):
            with self.subTest(arguments):
                done = self.run_program(*arguments, code=2)
                self.assertEqual(done.stdout, "")
                self.assertIn("train: ", done.stderr)
                self.assertIn("train --help", done.stderr)
        self.assertEqual(os.listdir(self.directory), [])


class Epochs(Case):
    def test_fast_is_ten_epochs_of_ten_thousand(self):
        done = self.run_program("--config", "fast", "--report", "report.json")
        lines = [line for line in done.stdout.split("\n") if line.startswith("Epoch ")]
        self.assertEqual(done.stderr, "")
        self.assertEqual([int(EPOCH.match(line).group(1)) for line in lines], list(range(1, 11)))
        with open(self.path("report.json"), encoding="utf-8") as file:
            report = json.load(file)
        self.assertEqual((report["epochs"], report["epoch_samples"], report["steps"]), (10, 10000, 100000))
        errors = [e["test_error"] for e in report["history"]]
        self.assertEqual(report["best_error"], min(errors))
        self.assertEqual(errors[report["best_epoch"] - 1], min(errors))
        self.assertLess(report["best_error"], 0.06)
        self.assertLess(report["error"], 0.5 * report["history"][0]["error"])
        self.assertEqual(report["checkpoint"], "checkpoints/last.syn")
        self.assertEqual(sorted(name for name in os.listdir(self.path("checkpoints")) if name.endswith(".syn")), ["best.syn", "last.syn"])
        self.assertEqual(sum("| best" in line for line in lines), sum(e == min(errors[:i + 1]) for i, e in enumerate(errors)))
        with open(self.path("training.log"), encoding="utf-8") as file:
            self.assertEqual([line.rstrip("\n") for line in file if line.startswith("Epoch ")], lines)

    def test_the_plans(self):
        self.assertIn("Epochs: 1 of 1\n", self.run_program("--config", "full", "--epochs", "1", "--samples", "2000").stdout)
        process = subprocess.Popen([PROGRAM, "--config", "full", "--hold", "0", "--report", "report.json", "--status-interval", "0.1"], cwd=self.directory,
                                   stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        line = process.stdout.readline()
        self.assertRegex(line, r"^Epoch 1/200 [█░]{12} +\d+%( \| ETA [\dhms ]+)? \| Error=\S+ \| [\d.kM]+ samples/s\n$")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143)
        with open(self.path("report.json"), encoding="utf-8") as file:
            report = json.load(file)
        self.assertEqual((report["epochs_asked"], report["epoch_samples"], report["epochs"]), (200, 10000000, 0))

    def test_the_same_seed_is_the_same_run_and_every_choice_matters(self):
        def run(*more):
            return self.report("--samples", "1000", "--epochs", "2", *more)["weights_hash"]
        first = run()
        self.assertEqual(run(), first)
        for more in (["--seed", "2"], ["--order", "stream"], ["--final-rate", "1"], ["--learning-rate", "0.01"], ["--replay-ratio", "0.5"], ["--hidden", "8"]):
            self.assertNotEqual(run(*more), first, more)

    def test_data_that_is_not_held_is_the_same_data(self):
        self.same_run(self.report("--samples", "3000", "--epochs", "3", "--order", "stream"), self.report("--samples", "3000", "--epochs", "3", "--hold", "0"))
        path = self.table("a.csv", 500, 1)
        arguments = ["--data", "csv", "--path", path, "--epochs", "3", "--order", "stream", "--target", "y", "--task", "regress"]
        with open(path, encoding="utf-8") as file:
            complete = self.write("b.csv", "".join(line for line in file if not line.startswith(",")))
        arguments[3] = complete
        self.same_run(self.report(*arguments), self.report(*arguments, "--hold", "0"))

    def test_samples_are_the_first_ones_and_no_more_than_there_are(self):
        path = self.table("a.csv", 500, 1)
        arguments = ["--data", "csv", "--path", path, "--epochs", "2"]
        self.assertEqual(self.report(*arguments)["epoch_samples"], 500)
        some = self.report(*arguments, "--samples", "200")
        self.assertEqual((some["epoch_samples"], some["steps"]), (200, 400))

    def test_images(self):
        source = random.Random(3)
        for part, count in (("train", 600), ("t10k", 200)):
            labels = bytes(source.randrange(4) for _ in range(count))
            pixels = b"".join(bytes(source.randrange(180, 256) if row == label else source.randrange(120) for row in range(4) for _ in range(4))
                              for label in labels)
            self.write(f"data/{part}-images-idx3-ubyte", struct.pack(">4I", 0x803, count, 4, 4) + pixels)
            self.write(f"data/{part}-labels-idx1-ubyte", struct.pack(">2I", 0x801, count) + labels)
        done = self.report("--data", "idx", "--path", "data", "--test", "data", "--hidden", "16", "--epochs", "4")
        self.assertEqual(done["epoch_samples"], 600)
        self.assertGreater(done["test_accuracy"], 0.95)
        self.assertAlmostEqual(done["test_accuracy"], 1 - done["test_error"])

    def test_bad_data_is_refused_with_its_place(self):
        path = self.write("a.csv", "a,b\n1,0\nred,1\n")
        self.assertIn("a.csv:3: column 1 (a): 'red' is not a number", self.run_program("--data", "csv", "--path", path, code=3).stderr)


class Resume(Case):
    def test_within_an_epoch_bit_for_bit(self):
        arguments = ["--samples", "100000", "--epochs", "6"]
        whole = self.report(*arguments, "--checkpoint-dir", "whole")
        for how in (["--resume", "part/last.syn"], ["--auto-resume"]):
            with self.subTest(how):
                stopped, out = self.interrupt(*arguments, "--checkpoint-dir", "part")
                self.assertLess(stopped["steps"], 600000)
                command = out.split("To resume:\n  ")[1].strip()
                self.assertIn("--resume part/last.syn --report report.json --samples 100000", command)
                rest = self.report(*arguments, "--checkpoint-dir", "part", *how)
                self.assertEqual(rest["resumed_from"], "part/last.syn")
                self.same_run(rest, whole)
                os.remove(self.path("part/last.syn"))

    def test_a_table_with_gaps_that_is_not_held(self):
        path = self.table("a.csv", 3000, 1)
        test = self.table("b.csv", 300, 2)
        arguments = ["--data", "csv", "--path", path, "--test", test, "--epochs", "12", "--hold", "0"]
        for order in ("shuffled", "stream"):
            with self.subTest(order):
                whole = self.report(*arguments, "--order", order, "--checkpoint-dir", "whole" + order)
                self.interrupt(*arguments, "--order", order, "--checkpoint-dir", order, after=2)
                self.same_run(self.report(*arguments, "--order", order, "--checkpoint-dir", order, "--auto-resume"), whole)

    def test_more_epochs_may_follow(self):
        arguments = ["--samples", "2000", "--final-rate", "1"]
        whole = self.report(*arguments, "--epochs", "5", "--checkpoint-dir", "whole")
        self.report(*arguments, "--epochs", "2")
        self.same_run(self.report(*arguments, "--epochs", "5", "--auto-resume"), whole)
        again = self.report(*arguments, "--epochs", "5", "--auto-resume")
        self.assertEqual(again["steps"], whole["steps"])

    def test_what_cannot_be_resumed(self):
        self.run_program("--resume", "none.syn", code=4)
        self.run_program("--resume", self.write("noise.syn", bytes(range(256)) * 9), code=4)
        self.report("--samples", "500", "--epochs", "1", "--seed", "3")
        self.run_program("--resume", "checkpoints/last.syn", "--hidden", "7", code=4)
        self.run_program("--resume", "checkpoints/last.syn", "--seed", "4", code=2)
        path = self.table("a.csv", 50, 1)
        self.run_program("--resume", "checkpoints/last.syn", "--data", "csv", "--path", path, code=4)
        other = self.run_program("--resume", "checkpoints/last.syn", "--samples", "400", "--epochs", "1", "--report", "report.json")
        self.assertIn("other data", other.stderr)
        self.assertIn("Epochs: 1 of 1\n", other.stdout)

    def test_one_run_at_a_time_in_a_directory(self):
        process = subprocess.Popen([PROGRAM, "--config", "full", "--hold", "0", "--status-interval", "0.05"], cwd=self.directory, stdout=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        process.stdout.readline()
        self.assertIn("in use", self.run_program("--samples", "10", code=5).stderr)
        process.kill()
        process.wait(timeout=60)
        self.run_program("--samples", "10")


class Terminal(Case):
    def test_it_can_be_stopped_while_the_data_comes(self):
        master, slave = pty.openpty()
        process = subprocess.Popen([PROGRAM, "--config", "full"], cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=slave,
                                   env={"TERM": "xterm", "LC_ALL": "C", "NO_COLOR": "1"})
        os.close(slave)
        self.addCleanup(os.close, master)
        self.addCleanup(process.kill)
        shown = b""
        while not re.search(rb"\rReading the data: [\d,]+ samples", shown):
            shown += os.read(master, 65536)
        process.send_signal(signal.SIGINT)
        while b"nothing was learned, and nothing is saved" not in shown:
            shown += os.read(master, 65536)
        self.assertEqual(process.wait(timeout=60), 130)
        self.assertEqual([name for name in os.listdir(self.path("checkpoints")) if name.endswith(".syn")], [])

    def on_terminal(self, *arguments, **environment):
        master, slave = pty.openpty()
        env = {"PATH": os.environ["PATH"], "TERM": "xterm", **environment}
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=slave, env=env)
        os.close(slave)
        shown = b""
        while True:
            try:
                select.select([master], [], [], 60)
                more = os.read(master, 65536)
            except OSError:
                break
            if not more:
                break
            shown += more
        os.close(master)
        self.assertEqual(process.wait(timeout=60), 0)
        return shown.decode()

    def test_the_bar(self):
        arguments = ["--samples", "20000", "--epochs", "3"]
        shown = self.on_terminal(*arguments, LC_ALL="C.UTF-8")
        self.assertRegex(shown, r"\r\x1b\[36mEpoch 1/3 [█░]{12} +\d+% \| ETA \S+ \| Error=\S+ \| \S+ samples/s\x1b")
        self.assertTrue(shown.endswith("\r\x1b[K"))
        plain = self.on_terminal(*arguments, LC_ALL="C", NO_COLOR="1")
        self.assertRegex(plain, r"\rEpoch 1/3 [#.]{12} +\d+% \| ETA \S+ \| Error=")
        self.assertTrue(plain.isascii())
        self.assertNotIn("\x1b[36m", plain)
        longest = max(re.findall(r"\x1b\[36m(.*?)\x1b\[0m", shown), key=len)
        self.assertLess(len(longest), 80)
        self.assertTrue(longest.endswith("samples/s"))  # all of it fits
        self.assertEqual(self.on_terminal(*arguments, TERM="dumb"), "")
        self.assertEqual(self.on_terminal(*arguments, "-q"), "")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"{PROGRAM} is no program")
    unittest.main(verbosity=1)
