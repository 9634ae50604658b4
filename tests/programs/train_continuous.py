#!/usr/bin/env python3
"""train_continuous as its users meet it: a black box that is started, fed, stopped and read. Usage: train_continuous.py PROGRAM [TEST...]"""
import csv
import fcntl
import json
import os
import pty
import random
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

PROGRAM = ""
STATUS = re.compile(r"^Step +(\d+) \| Φ=(n/a|\d\.\d{3}) \| Agency=(n/a|\d\.\d{3}) \| Time: ((\d+h )?\d+m )?\d+s( \| .*)?$")
REPORT_MEMBERS = """steps samples seconds steps_per_second error accuracy test_accuracy forgetting phi agency integration confidence
    self_prediction_error neurons growth_events checkpoint checkpoint_bytes weights_hash""".split()
AGENT_METRICS = "phi agency integration confidence self_prediction_error".split()


def strict_json(text):
    def refuse(word):
        raise ValueError(f"{word} is no JSON")
    return json.loads(text, parse_constant=refuse)


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="synapse-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def run_program(self, *arguments, code=0, stdin=""):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.directory, input=stdin, capture_output=True,
                              text=True, encoding="utf-8", timeout=120)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def report(self, *arguments, code=0, stdin=""):
        self.run_program("--report", "report.json", *arguments, code=code, stdin=stdin)
        report = strict_json(self.read("report.json"))
        for member in REPORT_MEMBERS:
            self.assertIn(member, report)
        self.assertRegex(report["weights_hash"], "^[0-9a-f]{16}$")
        return report

    def start(self, *arguments, **more):
        options = dict(cwd=self.directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        options.update(more)
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], **options)
        def end():
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.addCleanup(end)
        return process

    def wait_for_line(self, process, seconds=60):
        """The first status line: the program is at work."""
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        self.assertTrue(ready, "no status line")
        line = process.stdout.readline().decode()
        self.assertRegex(line.rstrip("\n"), STATUS)


class CommandLine(Case):
    def test_version_and_help(self):
        self.assertRegex(self.run_program("--version").stdout, r"^train_continuous \d+\.\d+\.\d+\n$")
        text = self.run_program("--help").stdout
        self.assertEqual(text, self.run_program("-h").stdout)
        for option in """data path target task order test steps samples hours seed config log status-interval report metrics
                replay-ratio replay-capacity replay-policy replay-bits batch sleep-every sleep-steps save-interval keep-checkpoints
                checkpoint-dir resume auto-resume quiet version help""".split():
            self.assertIn(f"--{option}", text)
        self.assertEqual(os.listdir(self.directory), [])

    def test_what_is_not_understood_is_a_usage_error(self):
        wrong = [
            ["--no-such-option"], ["word"], ["-x"], ["-"], ["--"], [""], ["--resume"], ["--resume", ""],
            ["--auto-resume", "--resume", "x.syn"], ["--auto-resume=x"], ["--save-interval", "0"], ["--save-interval", "5m"],
            ["--keep-checkpoints", "0"], ["--keep-checkpoints", "-1"], ["--checkpoint-dir", ""], ["--sleep-steps", "10"], ["--sleep-every", "0"],
            ["--sleep-every", "10", "--sleep-steps", "0"], ["--replay-policy", "lifo"], ["--replay-policy", "balanced"], ["--replay-bits", "64"],
            ["--replay-capacity", "-1"], ["--batch", "0"], ["--data", "chaos"], ["--data", "ARM"], ["--step", "3"],
            ["--steps"], ["--steps="], ["--steps", ""], ["--steps", "0"], ["--steps", "-1"], ["--steps", "1.5"], ["--steps", "1e3"],
            ["--steps", "10x"], ["--steps", " 10"], ["--steps", "+10"], ["--steps", "99999999999999999999"], ["--samples", "0"],
            ["--hours", "0"], ["--hours", "nan"], ["--hours", "inf"], ["--hours", "-1"], ["--hours", "1h"], ["--seed", "-1"], ["--seed", "x"],
            ["--config", "quick"], ["--replay-ratio", "1"], ["--replay-ratio", "-0.1"], ["--status-interval", "0"], ["--quiet=yes"],
            ["--hidden", ""], ["--hidden", "32,"], ["--hidden", "0"], ["--hidden", "1,1,1,1,1,1,1,1"], ["--learning-rate", "0"],
            ["--report"], ["--report", ""], ["--metrics", ""], ["--log", ""],
            ["--path", "x"], ["--target", "0"], ["--order", "shuffled"], ["--test", "x"], ["--passes", "2"], ["--classes", "3"], ["--header", "no"],
            ["--task", "classify"], ["--data", "csv"], ["--data", "idx"], ["--data", "-", "--path", "x"], ["--data", "-", "--order", "shuffled"],
            ["--data", "csv", "--path", "x", "--classes", "3"], ["--data", "csv", "--path", "x", "--order", "by-class"],
            ["--data", "csv", "--path", "x", "--order", "by-class:0"], ["--data", "csv", "--path", "x", "--task", "regress", "--order", "by-class:2"],
            ["--data", "csv", "--path", "x", "--task", "guess"], ["--data", "idx", "--path", "x", "--task", "regress"],
            ["--data", "idx", "--path", "x", "--target", "0"], ["--image-shift", "1"], ["--data", "idx", "--path", "x", "--image-shift", "65"],
            ["--data", "idx", "--path", "x", "--image-shift", "-1"], ["--data", "csv", "--path", "x", "--image-shift", "0"], ["--answers", "slow"],
            ["--data", "-", "--image-shift", "1"], ["--data", "idx", "--path", "x", "--answers", "quick"],
            ["--on-drift", "sleep"], ["--drift", "0"], ["--drift", "5", "--on-drift", "run"], ["--drift", "5", "--on-drift", "column"],
            ["--telemetry", "0"], ["--telemetry", "65536"], ["--log-size", "-1"],
        ]
        for arguments in wrong:
            with self.subTest(arguments):
                done = self.run_program(*arguments, code=2)
                self.assertEqual(done.stdout, "")
                self.assertIn("train_continuous: ", done.stderr)
                self.assertIn("--help", done.stderr)
        self.assertEqual(os.listdir(self.directory), [])

    def test_an_error_names_the_option_and_its_range(self):
        error = self.run_program("--steps", "1e3", code=2).stderr
        self.assertIn("--steps '1e3'", error)
        self.assertIn("from 1 to 9007199254740992", error)
        self.assertIn("from 0 to 0.99", self.run_program("--replay-ratio=2", code=2).stderr)
        self.assertIn("arm, csv, idx, -", self.run_program("--data", "x", code=2).stderr)
        self.assertIn("fast, default, full, or a FILE.toml", self.run_program("--config", "robot.ini", code=2).stderr)

    def test_both_ways_to_write_a_value_and_the_last_counts(self):
        self.assertEqual(self.report("--steps=30", "--steps", "20")["steps"], 20)


class Arm(Case):
    def test_status_summary_and_report(self):
        done = self.run_program("--steps", "12000", "--report", "report.json", "--metrics", "metrics.jsonl", "--status-interval", "0.02")
        lines = done.stdout.split("\n")
        at = lines.index("TRAINING SUMMARY")
        self.assertEqual(lines[at + 1:at + 3], ["Total steps: 12,000", "Total samples: 11,980"])
        self.assertRegex(lines[at + 3], r"^Training time: (\d+m )?\d+s$")
        learning = re.search(r"^Time in learning: (\d+) % \(the learner (\d+) %, its agent (\d+) %\)$", done.stdout, re.MULTILINE)
        self.assertIsNotNone(learning)
        status = [line for line in lines[:at] if line and not line.startswith("[Checkpoint]")]
        steps = [int(STATUS.match(line).group(1)) for line in status]
        self.assertEqual(steps, sorted(steps))
        self.assertEqual(steps[-1], 12000)
        self.assertEqual(done.stderr, "")

        report = strict_json(self.read("report.json"))
        self.assertEqual((report["steps"], report["samples"], report["stopped_by"]), (12000, 11980, "steps"))
        self.assertEqual(report["simulated_seconds"], 60)
        self.assertEqual(report["neurons"], 64)
        self.assertGreater(report["steps_per_second"], 0)
        self.assertGreater(report["time_in_learner"], 0)
        self.assertGreater(report["time_in_agent"], 0)
        self.assertLessEqual(report["time_in_learning"], 1)
        self.assertEqual([int(share) for share in learning.groups()],
                         [round(100 * report[name]) for name in ("time_in_learning", "time_in_learner", "time_in_agent")])
        self.assertIsNone(report["accuracy"])
        for member in AGENT_METRICS:
            self.assertTrue(0 <= report[member] <= 1, member)
        self.assertLess(report["error"], 0.1)
        self.assertGreater(report["tracking_rms_pd"], 5 * report["tracking_rms_learner"])
        self.assertGreater(report["tracking_rms_linear"], report["tracking_rms_learner"])
        self.assertGreater(report["tracking_rms_learner"], report["tracking_rms_model"])

        metrics = [strict_json(line) for line in self.read("metrics.jsonl").splitlines()]
        self.assertEqual([m["steps"] for m in metrics], steps)
        self.assertEqual(len({tuple(m) for m in metrics}), 1)
        self.assertEqual(metrics[-1]["phi"], report["phi"])
        log = [line for line in self.read("training.log").splitlines() if not line.startswith("[Checkpoint]")]
        self.assertEqual(log[:len(status)], status)
        self.assertEqual(sorted(os.listdir(self.directory)), ["checkpoints", "metrics.jsonl", "report.json", "training.log"])

    def test_the_same_seed_is_the_same_life(self):
        def run(*more):
            report = self.report("--steps", "3000", *more)
            return [report[key] for key in ("weights_hash", "error", "tracking_rms_learner", "tracking_rms_pd")]
        first = run("--seed", "7")
        self.assertEqual(run("--seed", "7", "--status-interval", "0.01", "-q"), first)
        self.assertNotEqual(run("--seed", "8")[0], first[0])
        self.assertNotEqual(run("--seed", "7", "--replay-ratio", "0")[0], first[0])
        self.assertNotEqual(run("--seed", "7", "--learning-rate", "0.01")[0], first[0])

    def test_the_size_of_the_learner(self):
        self.assertEqual(self.report("--steps", "50")["net"], "6-32-32-2")
        self.assertEqual(self.report("--steps", "50", "--hidden", "5,6,7")["net"], "6-5-6-7-2")
        units = [self.report("--steps", "50", "--config", size)["neurons"] for size in ("fast", "default", "full")]
        self.assertEqual(units, sorted(set(units)))

    def test_it_grows_when_asked_to_and_goes_on_growing_when_resumed(self):
        def hashed(*more):
            report = self.report(*more)
            return report["weights_hash"], report["neurons"], report["growth_events"]
        grow = ["--neurogenesis", "--max-neurons", "80"]
        done = self.run_program("--steps", "40000", *grow, "--report", "report.json", "--checkpoint-dir", "whole")
        report = strict_json(self.read("report.json"))
        lines = [line for line in done.stdout.splitlines() if line.startswith("[Neurogenesis]")]
        self.assertGreater(len(lines), 0)
        self.assertEqual(len(lines), report["growth_events"])
        for line in lines:
            match = re.match(r"^\[Neurogenesis\] Growing layer_[01]: [A-Z][a-z ]+ \((\d+\.\d\d) > (\d+\.\d\d)\)$", line)
            self.assertTrue(match, line)
            self.assertGreaterEqual(float(match.group(1)), float(match.group(2)))
        self.assertGreater(report["neurons"], 64)
        self.assertLessEqual(report["neurons"], 80)
        self.run_program("--steps", "25000", *grow, "--checkpoint-dir", "parts")
        whole = report["weights_hash"], report["neurons"], report["growth_events"]
        self.assertEqual(hashed("--auto-resume", "--steps", "15000", "--checkpoint-dir", "parts"), whole)
        still = self.report("--steps", "20000", "--no-neurogenesis")
        self.assertEqual((still["neurons"], still["growth_events"]), (64, 0))
        one_layer = self.report("--steps", "50", "--neurons", "700", "--neurogenesis", "--max-neurons", "900")
        self.assertEqual((one_layer["neurons"], one_layer["net"]), (700, "6-700-2"))
        refused = self.run_program("--neurons", "100", "--neurogenesis", "--max-neurons", "50", code=2)
        self.assertIn("--max-neurons 50", refused.stderr)

    def test_limits(self):
        self.assertEqual(self.report("--samples", "100")["samples"], 100)
        fast = self.report("--config", "fast")
        self.assertEqual((fast["samples"], fast["stopped_by"]), (10000, "samples"))
        self.assertEqual(self.report("--config", "fast", "--steps", "500")["steps"], 500)
        timed = self.report("--hours", "0.0001")
        self.assertEqual(timed["stopped_by"], "hours")
        self.assertGreaterEqual(timed["seconds"], 0.36)
        both = self.report("--hours", "1", "--steps", "10", "--samples", "1000")
        self.assertEqual((both["steps"], both["stopped_by"]), (10, "steps"))
        none = self.report("--steps", "1")
        self.assertEqual(none["samples"], 0)
        self.assertIsNone(none["error"])

    def test_quiet_says_nothing_and_the_log_still_grows(self):
        for expected in (1, 2):
            done = self.run_program("-q", "--steps", "100", "--log", "my.log")
            self.assertEqual((done.stdout, done.stderr), ("", ""))
            self.assertEqual(self.read("my.log").count("TRAINING SUMMARY"), expected)
        self.assertEqual(sorted(os.listdir(self.directory)), ["checkpoints", "my.log"])


class Watching(Case):
    """What a person at a terminal and the programs beside see."""

    def on_terminal(self, *arguments, both=False, **environment):
        master, slave = pty.openpty()
        env = {"PATH": os.environ["PATH"], "TERM": "xterm", **environment}
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.directory, stdin=subprocess.DEVNULL,
                                   stdout=slave if both else subprocess.PIPE, stderr=slave, env=env)
        os.close(slave)
        shown = b""
        while True:
            try:
                more = os.read(master, 65536)
            except OSError:
                break
            if not more:
                break
            shown += more
        os.close(master)
        out = b"" if both else process.communicate(timeout=60)[0]
        self.assertEqual(process.wait(timeout=60), 0)
        return shown.decode(), out.decode()

    def test_one_live_line_on_a_terminal(self):
        arguments = ["--hours", "0.0002", "--status-interval", "0.1"]
        shown, out = self.on_terminal(*arguments, both=True, LC_ALL="C.UTF-8")
        states = re.findall(r"\r\x1b\[36m(Step +\d+ \| .*?)\x1b\[0m\x1b\[K", shown)
        self.assertGreaterEqual(len(states), 2)
        self.assertLessEqual(len(states), 9)  # 0.72 s at ten a second
        self.assertIn("Φ=", states[0])
        self.assertEqual(max(map(len, states)) > 79, False)
        # Of eighty characters, a terminal's usual width: shorter, and nothing is left out.
        self.assertRegex(states[-1], r"^Step \d+ \| Φ=\S+ \| Agency=\S+ \| Err=\S+ [\d.]+[kM]?/s 64n ETA 0s$")
        self.assertEqual(len(re.findall(r"(?m)^Step", shown)), 0)
        self.assertIn("TRAINING SUMMARY", shown)
        plain, _ = self.on_terminal(*arguments, both=True, LC_ALL="C", NO_COLOR="1")
        self.assertTrue(plain.isascii())
        self.assertIn("Phi=", plain)
        self.assertNotIn("\x1b[36m", plain)
        shown, out = self.on_terminal(*arguments, LC_ALL="C")  # lines into a pipe are the same everywhere
        self.assertIn("\rStep", shown.replace("\x1b[36m", ""))
        self.assertTrue(all(STATUS.match(line) for line in out.split("\n") if line.startswith("Step")))
        self.assertGreater(out.count("Step"), 2)
        self.assertEqual(self.on_terminal(*arguments, "-q")[0], "")
        self.assertNotIn("\r\x1b", self.on_terminal(*arguments, TERM="dumb")[0])

    def test_the_live_line_on_a_wide_terminal(self):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, 200, 0, 0))
        process = subprocess.Popen([PROGRAM, "--hours", "0.0003", "--save-interval", "0.2"], cwd=self.directory, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=slave, env={"TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"})
        os.close(slave)
        shown = b""
        try:
            while more := os.read(master, 65536):
                shown += more
        except OSError:
            pass
        os.close(master)
        process.wait(timeout=60)
        self.assertRegex(shown.decode(), r"\rStep +\d+ \| Φ=\S+ \| Agency=\S+ \| Time: 0s .*\| Error=\S+ .*steps/s \| 64 neurons \| saved 0s ago \| ETA \ds")

    def test_metrics_as_csv(self):
        self.run_program("--steps", "3000", "--status-interval", "0.01", "--metrics", "m.csv")
        self.run_program("--steps", "3000", "--status-interval", "0.01", "--metrics", "m.jsonl")
        with open(self.path("m.csv"), encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        last = strict_json(self.read("m.jsonl").splitlines()[-1])
        self.assertEqual(list(rows[-1]), list(last))
        for name, value in last.items():
            if name not in ("time", "seconds", "steps_per_second"):
                self.assertEqual(rows[-1][name], "" if value is None else str(value), name)
        self.assertTrue(all(None not in row and None not in row.values() for row in rows))

    def test_telemetry(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.settimeout(30)
            process = self.start("-q", "--telemetry", listener.getsockname()[1])
            try:
                import msgpack
                unpack = msgpack.unpackb
            except ImportError:
                unpack = None
            heard = [listener.recv(65536) for _ in range(3)]
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
        self.assertEqual({datagram[:1] for datagram in heard}, {b"\xde"})
        if unpack:
            maps = [unpack(datagram) for datagram in heard]
            self.assertLess(maps[0]["steps"], maps[2]["steps"])
            self.assertGreaterEqual(maps[2]["timestamp"] - maps[0]["timestamp"], 0.19)
            self.assertEqual(maps[1]["neurons"], 64)
            self.assertTrue(all(isinstance(value, (int, float)) for value in maps[2].values()))
        self.run_program("-q", "--steps", "500", "--telemetry", "9")  # nobody listens

    def test_the_log_is_rotated_and_can_be_followed(self):
        self.write("my.log", "x" * (1 << 20) + "\n")
        with open(self.path("my.log"), encoding="utf-8") as follower:
            self.run_program("--steps", "100", "--log", "my.log", "--log-size", "1")
            self.assertIn("TRAINING SUMMARY", follower.read())
        self.assertEqual(len(self.read("my.log.1")), (1 << 20) + 1)
        self.run_program("--steps", "100", "--log", "my.log", "--log-size", "0")
        self.assertEqual(self.read("my.log").count("TRAINING SUMMARY"), 2)


class ConfigFile(Case):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as directory:
            done = subprocess.run([PROGRAM, "--config", "none.toml"], cwd=directory, capture_output=True, text=True, timeout=60)
        if "built without" in done.stderr:
            raise unittest.SkipTest("this build reads no config files")

    def test_a_file_under_the_command_line(self):
        self.write("robot.toml", 'steps = 3000\n[learner]\nhidden = [5, 6]\nreplay_ratio = 0.5\n[output]\nreport = "r.json"\nquiet = true\n')
        done = self.run_program("--steps", "70", "--config", "robot.toml")
        self.assertEqual(done.stdout, "")
        report = strict_json(self.read("r.json"))
        self.assertEqual((report["steps"], report["net"]), (70, "6-5-6-2"))
        same = self.report("--steps", "70", "--hidden", "5,6", "--replay-ratio", "0.5", "--checkpoint-dir", "other")
        self.assertEqual(same["weights_hash"], report["weights_hash"])
        self.write("fast.toml", 'config = "fast"\n')
        self.assertEqual(self.report("--config", "fast.toml", "--steps", "50")["net"], "6-16-16-2")

    def test_errors_have_a_line(self):
        for content, error in (("steps = 1\nstep = 2\n", "2: unknown option step"), ("steps = 0\n", "1: steps '0': must be a whole number"),
                               ("steps 5\n", "1: "), ("[[learner]]\n", "1: "), ('config = "a.toml"\n', ""), ("quiet = 3\n", "1: quiet must be"),
                               ("data = \"csv\"\n", "--path")):
            with self.subTest(content):
                self.assertIn(error, self.run_program("--config", self.write("a.toml", content), code=2).stderr)
        self.assertIn("none.toml", self.run_program("--config", "none.toml", code=2).stderr)


class Csv(Case):
    def separable(self, name, rows, seed, header=True):
        """Two clouds, a word column that tells nothing, a few values missing."""
        source = random.Random(seed)
        lines = ["x,place,y,class"] if header else []
        for _ in range(rows):
            label = source.randrange(2)
            x = f"{source.gauss(4 * label, 1):.4f}" if source.random() > 0.02 else "NA"
            lines.append(f'{x},"{source.choice(["in, side", "out"])}",{source.gauss(-2 * label, 1):.4f},{["no", "yes"][label]}')
        return self.write(name, "\n".join(lines) + "\n")

    def test_prequential_and_held_out_accuracy(self):
        path = self.separable("train.csv", 3000, 1)
        test = self.separable("test.csv", 500, 2)
        done = self.report("--data", "csv", "--path", path, "--target", "class", "--task", "classify", "--test", test)
        self.assertEqual((done["steps"], done["samples"], done["stopped_by"]), (3000, 3000, "end_of_data"))
        self.assertEqual(done["net"], "4-64-2")
        self.assertGreater(done["accuracy"], 0.92)
        self.assertLess(done["accuracy"], 1)
        self.assertGreater(done["test_accuracy"], 0.95)
        self.assertAlmostEqual(done["test_accuracy"] * 500, round(done["test_accuracy"] * 500), places=6)
        self.assertIsNone(done["forgetting"])
        summary = self.run_program("--data", "csv", "--path", path).stdout
        self.assertIn("Total steps: 3,000\n", summary)
        self.assertRegex(summary, r"Accuracy.*: \d+\.\d+ %")

    def test_orders_and_passes(self):
        path = self.separable("train.csv", 600, 3)
        arguments = ["--data", "csv", "--path", path]
        hashes = {order: self.report(*arguments, "--order", order)["weights_hash"] for order in ("stream", "shuffled", "by-class:2")}
        self.assertEqual(len(set(hashes.values())), 3)
        self.assertEqual(self.report(*arguments)["weights_hash"], hashes["stream"])
        self.assertNotEqual(self.report(*arguments, "--seed", "2")["weights_hash"], hashes["stream"])
        self.assertEqual(self.report(*arguments, "--order", "shuffled")["weights_hash"], hashes["shuffled"])
        self.assertEqual(self.report(*arguments, "--passes", "3")["steps"], 1800)
        self.assertEqual(self.report(*arguments, "--passes", "0", "--steps", "2000")["steps"], 2000)
        self.assertEqual(self.report(*arguments, "--steps", "100")["steps"], 100)
        self.run_program(*arguments, "--order", "by-class:3", code=3)

    def test_regression(self):
        source = random.Random(5)
        rows = [(source.uniform(-1, 1), source.uniform(-1, 1)) for _ in range(6000)]
        lines = [f"{a:.5f};{b:.5f};{100 * a * b + 7:.5f};{a - b:.5f}" for a, b in rows]
        path = self.write("train.csv", "\n".join(lines[:5000]) + "\n")
        test = self.write("test.csv", "\n".join(lines[5000:]) + "\n")
        done = self.report("--data", "csv", "--path", path, "--task", "regress", "--target", "2,-1", "--test", test)
        self.assertEqual(done["net"], "2-64-2")
        self.assertIsNone(done["accuracy"])
        self.assertIsNone(done["test_accuracy"])
        self.assertLess(done["error"], 0.1)
        self.assertLess(done["test_error"], 0.1)

    def test_rows_without_a_target_are_counted(self):
        path = self.write("train.csv", "a,b\n1,0\n2,\n3,1\n4,?\n")
        done = self.report("--data", "csv", "--path", path)
        self.assertEqual((done["steps"], done["rows_skipped"]), (2, 2))

    def test_bad_data_is_refused_with_its_place(self):
        def error(content, *more):
            path = self.write("bad.csv", content)
            done = self.run_program("--data", "csv", "--path", path, *more, code=3)
            self.assertEqual(done.stdout, "")
            return done.stderr
        self.assertIn("bad.csv:3: column 1 (a): 'x' is not a number", error("a,b\n1,0\nx,1\n"))
        self.assertIn("bad.csv:3: has 3 fields, not 2", error("a,b\n1,0\n1,1,1\n"))
        self.assertIn("bad.csv:3: has 1 field, not 2", error("a,b\n1,0\n1\n"))
        # The first value of a column says that it holds categories: it is the one that is named when they turn out to be numbers.
        self.assertIn("bad.csv:3: column 1 (a): 'oops' is not a number, and as a category the column has more than 256 values",
                      error("a,b\n,1\noops,0\n" + "".join(f"{i},{i % 2}\n" for i in range(300))))
        self.assertIn("bad.csv:2: column 2", error("a,b\n1,0.5\n2,1\n"))
        self.assertIn("no column 'c'", error("a,b\n1,0\n2,1\n", "--target", "c"))
        self.assertIn("no column '2'", error("a,b\n1,0\n2,1\n", "--target", "2"))
        self.assertIn("holds no rows", error(""))
        self.assertIn("a quote is left open", error('a,b\n1,"0\n'))
        self.assertIn("No such file", self.run_program("--data", "csv", "--path", "none.csv", code=3).stderr)
        good = self.write("good.csv", "a,b\n1,0\n2,1\n")
        self.assertIn("No such file", self.run_program("--data", "csv", "--path", good, "--test", "none.csv", code=3).stderr)
        self.assertIn("test.csv:3: column 2", self.run_program("--data", "csv", "--path", good, "--test",
                                                              self.write("test.csv", "a,b\n1,0\n1,2\n"), code=3).stderr)


class Idx(Case):
    CLASSES = 4
    SIDE = 4

    def images(self, directory, part, count, seed):
        """Each class lights a row of its own, in noise."""
        source = random.Random(seed)
        pixels, labels = bytearray(), bytearray()
        for _ in range(count):
            label = source.randrange(self.CLASSES)
            labels.append(label)
            for row in range(self.SIDE):
                pixels += bytes(source.randrange(180, 256) if row == label else source.randrange(0, 120) for _ in range(self.SIDE))
        os.makedirs(self.path(directory), exist_ok=True)
        self.write(f"{directory}/{part}-images-idx3-ubyte", struct.pack(">4I", 0x803, count, self.SIDE, self.SIDE) + pixels)
        self.write(f"{directory}/{part}-labels-idx1-ubyte", struct.pack(">2I", 0x801, count) + labels)
        return self.path(directory)

    def test_shuffled(self):
        path = self.images("data", "train", 2000, 1)
        self.images("data", "t10k", 300, 2)
        done = self.report("--data", "idx", "--path", path, "--order", "shuffled", "--test", path, "--hidden", "16")
        self.assertEqual((done["steps"], done["net"]), (2000, "16-16-4"))
        self.assertGreater(done["test_accuracy"], 0.9)
        self.assertIsNone(done["accuracy_matrix"])
        self.assertIsNone(done["forgetting"])

    def test_by_class_gives_the_accuracy_matrix_and_forgetting(self):
        path = self.images("data", "train", 2000, 1)
        self.images("data", "t10k", 300, 2)
        arguments = ["--data", "idx", "--path", path, "--order", "by-class:2", "--test", path, "--hidden", "16"]
        done = self.report(*arguments)
        matrix = done["accuracy_matrix"]
        self.assertEqual([len(row) for row in matrix], [2, 2])
        self.assertGreater(matrix[0][0], 0.9)
        self.assertEqual(matrix[0][1], 0)
        self.assertGreater(matrix[1][1], 0.5)
        self.assertAlmostEqual(done["forgetting"], matrix[0][0] - matrix[1][0])
        self.assertAlmostEqual(done["test_accuracy"], 1 - done["test_error"])
        self.assertLess(abs(done["test_accuracy"] - sum(matrix[1]) / 2), 0.1)
        early = self.report(*arguments, "--steps", "100")
        self.assertEqual(len(early["accuracy_matrix"]), 1)
        self.assertIsNone(early["forgetting"])
        self.assertEqual(len(self.report(*arguments, "--order", "by-class:4")["accuracy_matrix"]), 4)

    def test_large_images_are_learned_again_with_a_shift_and_small_ones_as_they_were(self):
        def life(side, *more):
            self.SIDE = side
            path = self.images(f"data{side}", "train", 200, 1)
            return self.report("--data", "idx", "--path", path, "--hidden", "8", *more)["weights_hash"]
        self.assertEqual(life(4), life(4, "--image-shift", "0"))
        self.assertNotEqual(life(4), life(4, "--image-shift", "1"))
        self.assertEqual(life(14), life(14, "--image-shift", "1"))
        self.assertNotEqual(life(14), life(14, "--image-shift", "0"))

    def test_either_system_answers_and_both_learn_the_same(self):
        path = self.images("data", "train", 400, 1)
        self.images("data", "t10k", 300, 2)
        by = {who: self.report("--data", "idx", "--path", path, "--test", path, "--hidden", "8", "--order", "by-class:2", "--answers", who)
              for who in ("fast", "slow", "both", "evidence")}
        self.assertEqual(len({r["weights_hash"] for r in by.values()}), 1)
        self.assertNotEqual(by["fast"]["test_accuracy"], by["slow"]["test_accuracy"])

    def test_replay_keeps_the_first_classes(self):
        path = self.images("data", "train", 2000, 1)
        self.images("data", "t10k", 300, 2)
        arguments = ["--data", "idx", "--path", path, "--order", "by-class:4", "--test", path, "--hidden", "16"]
        kept, lost = self.report(*arguments), self.report(*arguments, "--replay-ratio", "0", "--answers", "fast")
        self.assertGreater(kept["test_accuracy"], 0.85)
        self.assertLess(kept["forgetting"], 0.15)
        self.assertGreater(lost["forgetting"], kept["forgetting"] + 0.4)

    def test_hostile_files_are_refused(self):
        path = self.images("data", "train", 20, 1)
        self.write("data/train-images-idx3-ubyte", struct.pack(">4I", 0x803, 0xffffffff, 0xffff, 0xffff))
        self.run_program("--data", "idx", "--path", path, code=3)
        self.write("data/train-images-idx3-ubyte", struct.pack(">4I", 0x803, 21, 4, 4) + bytes(21 * 16))
        self.assertIn("20 labels for 21 images", self.run_program("--data", "idx", "--path", path, code=3).stderr)
        os.remove(self.path("data/train-images-idx3-ubyte"))
        self.assertIn("train-images-idx3-ubyte", self.run_program("--data", "idx", "--path", path, code=3).stderr)


class StandardInput(Case):
    def test_rows_are_learned(self):
        source = random.Random(1)
        rows = [(source.uniform(-1, 1), source.uniform(-1, 1)) for _ in range(3000)]
        text = "".join(f"{a:.4f} {b:.4f},{2 * a - b:.4f}\n" for a, b in rows)
        done = self.report("--data", "-", "--task", "regress", stdin=text)
        self.assertEqual((done["steps"], done["net"], done["stopped_by"]), (3000, "2-64-1", "end_of_data"))
        self.assertLess(done["error"], 0.05)
        labels = "a b label\n" + "".join(f"{a:.4f} {b:.4f} {int(a > b)}\n" for a, b in rows)
        test = self.write("test.txt", labels)
        done = self.report("--data", "-", "--target", "label", "--classes", "2", "--test", test, stdin=labels)
        self.assertEqual(done["net"], "2-64-2")
        self.assertGreater(done["accuracy"], 0.85)
        self.assertGreater(done["test_accuracy"], 0.9)

    def test_a_bad_row_ends_the_life_but_keeps_its_report(self):
        done = self.report("--data", "-", "--task", "regress", code=3, stdin="1 2 3\n4 5 6\n7 red 9\n")
        self.assertEqual((done["steps"], done["stopped_by"]), (2, "bad_data"))
        error = self.run_program("--data", "-", "--task", "regress", code=3, stdin="1 2 3\n4 5 6\n7 red 9\n").stderr
        self.assertIn("standard input:3: column 2: 'red' is not a number", error)
        self.run_program("--data", "-", code=3, stdin="")
        self.run_program("--data", "-", "--classes", "2", code=3, stdin="1 2\n")

    def test_rows_are_learned_as_they_come(self):
        process = self.start("--data", "-", "--task", "regress", "--status-interval", "0.01")
        process.stdin.write(b"1 2\n")
        process.stdin.flush()
        self.wait_for_line(process)
        process.stdin.write(b"3 4\n5 6\n")
        out, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, error)
        self.assertIn("Total steps: 3\n", out.decode())

    def test_status_lines_come_while_rows_trickle(self):
        process = self.start("--data", "-", "--task", "regress", "--status-interval", "0.01")
        for row in range(1, 4):
            process.stdin.write(b"1 2\n")
            process.stdin.flush()
            self.wait_for_line(process)

    def test_hours_end_a_wait_for_input(self):
        process = self.start("--data", "-", "--task", "regress", "--hours", "0.0001", "--report", "report.json")
        process.stdin.write(b"1 2\n3 4\n")
        process.stdin.flush()
        self.assertEqual(process.wait(timeout=60), 0)
        report = strict_json(self.read("report.json"))
        self.assertEqual((report["steps"], report["stopped_by"]), (2, "hours"))


class Signals(Case):
    def stop(self, process, number):
        process.send_signal(number)
        out, error = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 128 + number)
        return out.decode(), error.decode()

    def test_a_signal_finishes_the_step_and_writes_the_results(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                process = self.start("--status-interval", "0.05", "--report", "report.json")
                self.wait_for_line(process)
                out, error = self.stop(process, number)
                self.assertIn("\nSaving final checkpoint...\n", out)
                self.assertEqual(error, "")
                self.assertRegex(out, r"\n\[Checkpoint\] Saved to checkpoints/continuous_\d+\.syn \(shutdown\)\n")
                self.assertIn("TRAINING SUMMARY", out)
                report = strict_json(self.read("report.json"))
                self.assertEqual((report["stopped_by"], report["signal"]), ("signal", number))
                self.assertGreater(report["steps"], 0)
                self.assertIn(f"Total steps: {report['steps']:,}\n", out)
                os.remove(self.path("report.json"))

    def test_a_signal_ends_a_wait_for_input(self):
        process = self.start("--data", "-", "--task", "regress", "--status-interval", "0.01", "--report", "report.json")
        process.stdin.write(b"1 2\n")
        process.stdin.flush()
        self.wait_for_line(process)
        self.stop(process, signal.SIGTERM)
        self.assertEqual(strict_json(self.read("report.json"))["steps"], 1)

    def test_a_second_signal_quits_at_once(self):
        os.mkfifo(self.path("report"))  # nobody reads it, so writing the report waits for ever
        process = self.start("--status-interval", "0.05", "--report", "report")
        self.wait_for_line(process)
        process.send_signal(signal.SIGINT)
        while process.stdout.readline() != b"Saving final checkpoint...\n":
            pass
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        self.stop(process, signal.SIGTERM)

    def test_nohup_is_respected(self):
        process = self.start("--status-interval", "0.05", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.wait_for_line(process)
        process.send_signal(signal.SIGHUP)
        self.wait_for_line(process)
        self.stop(process, signal.SIGINT)

    def test_output_that_nobody_reads_any_more(self):
        process = self.start("--status-interval", "0.02", "--report", "report.json")
        self.wait_for_line(process)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), 128 + signal.SIGPIPE)
        process.stdout = None
        self.assertEqual(strict_json(self.read("report.json"))["stopped_by"], "signal")
        self.assertIn("TRAINING SUMMARY", self.read("training.log"))


class Writing(Case):
    def test_what_cannot_be_written(self):
        for arguments in (["--report", "none/report.json"], ["--metrics", "none/metrics.jsonl"], ["--log", "none/my.log"], ["--report", "."]):
            with self.subTest(arguments):
                done = self.run_program("--steps", "50", *arguments, code=5)
                self.assertIn("cannot write", done.stderr)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full here")
    def test_a_full_disk_does_not_end_a_life(self):
        done = self.run_program("--steps", "3000", "--status-interval", "0.01", "--metrics", "/dev/full", "--log", "/dev/full", code=5)
        self.assertIn("Total steps: 3,000\n", done.stdout)
        self.assertEqual(done.stderr.count("cannot write"), 2)
        self.run_program("--steps", "50", "--report", "/dev/full", code=5)

    def test_a_report_replaces_the_old_one_whole(self):
        self.write("report.json", "old" * 10000)
        self.assertEqual(self.report("--steps", "50")["steps"], 50)
        self.assertEqual(sorted(os.listdir(self.directory)), ["checkpoints", "report.json", "training.log"])
        streamed = self.run_program("-q", "--steps", "50", "--report", "/dev/stdout").stdout
        self.assertEqual(strict_json(streamed)["steps"], 50)

    def test_a_log_that_was_not_asked_for_may_be_missing(self):
        os.mkdir(self.path("training.log"))
        done = self.run_program("--steps", "50")
        self.assertIn("without a log", done.stderr)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"{PROGRAM} is no program")
    unittest.main(verbosity=1)
