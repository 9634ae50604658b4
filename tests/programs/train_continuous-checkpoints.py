#!/usr/bin/env python3
"""Checkpoints of train_continuous as a user meets them: stopped, killed, resumed, and on disks that fail.
Usage: train_continuous-checkpoints.py PROGRAM [TEST...]"""
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest

import checkpoint_file
import train_continuous as base

SAVED = re.compile(r"^\[Checkpoint\] Saved to (\S+/continuous_\d+\.syn) \((auto|shutdown|manual)\)$", re.M)


class Case(base.Case):
    def checkpoints(self, directory="checkpoints"):
        """Paths, the newest first by the sequence in the file."""
        names = [name for name in os.listdir(self.path(directory)) if re.fullmatch(r"continuous_\d+\.syn", name)]
        paths = [self.path(os.path.join(directory, name)) for name in names]
        return sorted(paths, key=lambda path: -checkpoint_file.read(path)["sequence"])

    def wait_for_line(self, process, seconds=60):
        """A line of either kind: the program is at work."""
        self.assertRegex(process.stdout.readline().decode(), r"^(Step|\[Checkpoint\]) ")

    def csv(self, name="train.csv", rows=700, seed=1):
        """Two clouds, with words, and numbers missing so that the running means matter."""
        source = random.Random(seed)
        lines = ["x,place,y,class"]
        for _ in range(rows):
            label = source.randrange(2)
            x = f"{source.gauss(4 * label, 1):.4f}" if source.random() > 0.1 else ""
            lines.append(f'{x},{source.choice(["in", "out"])},{source.gauss(-2 * label, 1):.4f},{["no", "yes"][label]}')
        return self.write(name, "\n".join(lines) + "\n")

    def idx(self, rows=600, seed=1):
        source = random.Random(seed)
        labels = bytes(source.randrange(4) for _ in range(rows))
        pixels = bytearray()
        for label in labels:
            for row in range(4):
                pixels += bytes(source.randrange(180, 256) if row == label else source.randrange(0, 120) for _ in range(4))
        os.makedirs(self.path("images"), exist_ok=True)
        self.write("images/train-images-idx3-ubyte", struct.pack(">4I", 0x803, rows, 4, 4) + pixels)
        self.write("images/train-labels-idx1-ubyte", struct.pack(">2I", 0x801, rows) + labels)
        return self.path("images")


# What two runs of one life may differ in: when they were saved, and how long the machine took.
def learned(path):
    content = checkpoint_file.read(path)
    for key in ("timestamp", "reason", "sequence"):
        del content[key]
    del content["program"]["nanoseconds"]
    return content


class Resumed(Case):
    def assert_same_life(self, data, first, second, **more):
        """first + second steps in one run are the same as in two."""
        whole = self.report(*data, "--checkpoint-dir", "whole", "--steps", first + second, **more)
        self.report(*data, "--checkpoint-dir", "halves", "--steps", first, **more)
        again = [word for word in data if word not in ("--hidden", "8")]
        halves = self.report(*again, "--checkpoint-dir", "halves", "--steps", second, "--resume", self.checkpoints("halves")[0], **more)
        # What a run takes rather than what is learned; a new part of ordered data takes memory for its rows.
        timed = ("seconds", "steps_per_second", "time_in_learning", "time_in_learner", "time_in_agent", "allocations_while_learning",
                 "checkpoint", "checkpoint_bytes", "resumed_from")
        for report in (whole, halves):
            for key in timed:
                del report[key]
        self.assertEqual(halves, whole)
        self.assertEqual(whole["steps"], first + second)
        self.assertEqual(learned(self.checkpoints("halves")[0]), learned(self.checkpoints("whole")[0]))
        for directory in ("whole", "halves"):
            shutil.rmtree(self.path(directory))
        return whole

    def test_every_life_goes_on_as_if_never_stopped(self):
        path = self.csv()
        test = self.csv("test.csv", 100, 2)
        csv = ["--data", "csv", "--path", path, "--hidden", "8", "--test", test, "--passes", "0"]
        idx = ["--data", "idx", "--path", self.idx(), "--hidden", "8", "--passes", "0"]
        lives = {
            "arm": ["--hidden", "8"],
            "arm that does not remember": ["--hidden", "8", "--replay-ratio", "0"],
            "csv": csv, "csv, shuffled": csv + ["--order", "shuffled"], "csv by class": csv + ["--order", "by-class:2"],
            "csv, other memory": csv + ["--replay-capacity", "50", "--replay-policy", "priority", "--replay-bits", "16", "--batch", "4"],
            "csv, regression": ["--data", "csv", "--path", path, "--target", "y", "--task", "regress", "--passes", "0"],
            "idx": idx, "idx, shuffled": idx + ["--order", "shuffled"], "idx by class": idx + ["--order", "by-class:4", "--test", self.idx()],
        }
        for name, data in lives.items():
            for first, second in ((1, 1), (2, 2), (17, 17), (1000, 1000), (700, 1), (699, 702)):
                with self.subTest(name, first=first, second=second):
                    self.assert_same_life(data, first, second)

    def test_the_arm_across_its_events(self):
        """A payload at 60 s is noticed and makes the learner careful for 20 s; stop before, in the middle and after."""
        for first, second in ((11990, 400), (12500, 2500), (16500, 500)):
            with self.subTest(first):
                self.assertGreater(self.assert_same_life(["--hidden", "8"], first, second)["changes_noticed"], 0)

    def test_just_slept(self):
        for sleep in (["--sleep-every", "100"], ["--sleep-every", "100", "--sleep-steps", "333", "--batch", "5"]):
            for data in (["--hidden", "8"], ["--data", "csv", "--path", self.csv(), "--hidden", "8", "--passes", "0"]):
                with self.subTest(data + sleep):
                    slept = self.assert_same_life(data + sleep, 200, 350)
                    self.assertGreater(slept["replayed"], 5 * 300)

    def test_a_sleep_cut_short_is_slept_to_its_end(self):
        data = ["--sleep-every", "2000", "--sleep-steps", "200000", "--hidden", "8"]
        whole = self.report(*data, "--steps", "2000", "--checkpoint-dir", "whole")
        process = self.start(*data, "--status-interval", "0.02")
        self.wait_for_line(process)
        while checkpoint_dir_step(process, self) < 2000:  # asleep from then on for seconds
            pass
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), 128 + signal.SIGTERM)
        left = checkpoint_file.read(self.checkpoints()[0])
        self.assertEqual(left["step_count"] + 20, left["program"]["steps"])
        self.assertEqual(left["program"]["steps"], 2000)
        self.assertGreater(left["program"]["sleep_left"], 0)
        self.report(*data, "--steps", "1", "--auto-resume")
        again = checkpoint_file.read(self.checkpoints()[0])
        self.assertEqual(again["report"]["steps_asleep"], checkpoint_file.read(self.checkpoints("whole")[0])["report"]["steps_asleep"])
        one_more = self.report(*data, "--steps", "1", "--checkpoint-dir", "whole", "--auto-resume")
        self.assertEqual(one_more["weights_hash"], self.report(*data, "--steps", "2001", "--checkpoint-dir", "other")["weights_hash"])
        self.assertEqual(learned(self.checkpoints()[0]), learned(self.checkpoints("whole")[0]))
        self.assertGreater(whole["replayed"], 200000)

    def test_many_stops(self):
        data = ["--data", "csv", "--path", self.csv(), "--order", "shuffled", "--passes", "0", "--replay", "100"]
        whole = self.report(*data, "--steps", "1500", "--checkpoint-dir", "whole")["weights_hash"]
        for _ in range(30):
            last = self.report(*data, "--steps", "50", "--auto-resume")
        self.assertEqual((last["steps"], last["weights_hash"]), (1500, whole))

    def test_standard_input_goes_on_with_what_comes(self):
        source = random.Random(4)
        rows = [(source.uniform(-1, 1), source.uniform(5, 7)) for _ in range(600)]
        text = ["" + (f"{a:.4f}" if i % 7 else "NA") + f",{b:.4f},{a * b:.4f}\n" for i, (a, b) in enumerate(rows)]
        data = ["--data", "-", "--task", "regress", "--hidden", "8"]
        whole = self.report(*data, "--checkpoint-dir", "whole", stdin="a,b,c\n" + "".join(text))
        self.report(*data, stdin="a,b,c\n" + "".join(text[:250]))
        halves = self.report(*data, "--auto-resume", stdin="a,b,c\n" + "".join(text[250:]))
        self.assertEqual((halves["steps"], halves["samples"], halves["weights_hash"]), (600, 600, whole["weights_hash"]))
        self.assertEqual(learned(self.checkpoints()[0]), learned(self.checkpoints("whole")[0]))

    def test_an_examination_belongs_to_the_life_and_the_last_one_does_not(self):
        data = ["--data", "idx", "--path", self.idx(), "--hidden", "8", "--order", "by-class:4", "--test", self.idx()]
        whole = self.report(*data, "--checkpoint-dir", "whole")
        self.assertEqual(len(whole["accuracy_matrix"]), 4)
        last = None
        for _ in range(7):
            last = self.report(*data, "--steps", "90", "--auto-resume")
        self.assertEqual(last["accuracy_matrix"], whole["accuracy_matrix"])
        self.assertEqual((last["forgetting"], last["test_accuracy"]), (whole["forgetting"], whole["test_accuracy"]))

    def test_a_life_at_its_end_goes_on_if_more_passes_are_asked_for(self):
        data = ["--data", "csv", "--path", self.csv(), "--order", "shuffled"]
        self.report(*data)
        done = self.run_program(*data, "--auto-resume")
        self.assertIn("--passes", done.stderr)
        self.assertEqual(self.report(*data, "--auto-resume")["steps"], 700)
        more = self.report(*data, "--passes", "2", "--auto-resume")
        self.assertEqual(more["steps"], 1400)
        self.assertEqual(more["weights_hash"], self.report(*data, "--passes", "2", "--checkpoint-dir", "whole")["weights_hash"])

    def test_other_data_of_the_same_shape_is_lived_from_its_beginning(self):
        self.report("--data", "csv", "--path", self.csv(), "--steps", "100")
        other = self.csv("other.csv", 300, 5)
        done = self.run_program("--data", "csv", "--path", other, "--auto-resume", "--report", "report.json")
        self.assertIn("from its beginning", done.stderr)
        self.assertEqual(base.strict_json(self.read("report.json"))["samples"], 400)

    def test_what_the_user_says_counts_more_than_what_was_saved(self):
        def tuned():
            return checkpoint_file.read(self.checkpoints()[0])["tuning"]
        data = ["--data", "csv", "--path", self.csv(), "--passes", "0", "--steps", "50"]
        self.report(*data, "--learning-rate", "0.5", "--replay-ratio", "0.5")
        self.report(*data, "--auto-resume")
        self.assertEqual((tuned()["learning_rate"], tuned()["replay_ratio"]), (0.5, 0.5))
        self.report(*data, "--auto-resume", "--learning-rate", "0.25")
        self.assertEqual((tuned()["learning_rate"], tuned()["replay_ratio"]), (0.25, 0.5))
        self.report(*data, "--auto-resume", "--replay-ratio", "0.75")
        self.assertEqual((tuned()["learning_rate"], tuned()["replay_ratio"]), (0.25, 0.75))

    def test_what_the_user_said_once_stays_said(self):
        once = ["--replay-ratio", "0.6", "--learning-rate", "0.01", "--seed", "3"]
        whole = self.report(*once, "--steps", "600", "--checkpoint-dir", "whole")
        self.report(*once, "--steps", "300")
        self.assertEqual(self.report("--steps", "300", "--auto-resume")["weights_hash"], whole["weights_hash"])

    def test_the_seed_is_the_life_s(self):
        self.report("--steps", "50", "--seed", "7")
        self.assertEqual(self.report("--steps", "50", "--auto-resume")["seed"], 7)
        self.report("--steps", "50", "--auto-resume", "--seed", "7")
        self.assertIn("--seed 7", self.run_program("--steps", "50", "--auto-resume", "--seed", "8", code=2).stderr)

    def test_limits_count_from_there(self):
        data = ["--data", "csv", "--path", self.csv(), "--passes", "0"]
        self.report(*data, "--steps", "100")
        self.assertEqual(self.report(*data, "--auto-resume", "--steps", "30")["steps"], 130)
        self.assertEqual(self.report(*data, "--auto-resume", "--samples", "30")["samples"], 160)
        timed = self.report(*data, "--auto-resume", "--hours", "0.00003")
        self.assertEqual(timed["stopped_by"], "hours")
        self.assertGreater(timed["seconds"], 0.1)


def checkpoint_dir_step(process, case):
    """The step of the checkpoint that USR1 makes the program write."""
    process.send_signal(signal.SIGUSR1)
    while True:
        line = process.stdout.readline().decode()
        case.assertTrue(line, "the program ended")
        found = SAVED.match(line.rstrip("\n"))
        if found:
            return checkpoint_file.read(case.path(found.group(1)))["program"]["steps"]


class Saved(Case):
    def test_the_last_checkpoint_is_said_and_reported(self):
        done = self.run_program("--steps", "100", "--report", "report.json")
        path, reason = SAVED.search(done.stdout).groups()
        self.assertEqual(reason, "shutdown")
        self.assertIn(f"\nFinal checkpoint: {path}\n", done.stdout)
        self.assertTrue(done.stdout.endswith(f"\nTo resume:\n  train_continuous --resume {path}\n"), done.stdout)
        report = base.strict_json(self.read("report.json"))
        self.assertEqual((report["checkpoint"], report["checkpoint_bytes"]), (path, os.path.getsize(self.path(path))))
        content = checkpoint_file.read(self.path(path))
        self.assertEqual((content["reason"], content["step_count"], content["sequence"]), ("shutdown", 80, 1))
        self.assertLess(abs(content["timestamp"] - time.time()), 60)

    def test_the_command_that_resumes_can_be_typed(self):
        os.mkdir(self.path("my data"))
        path = self.csv("my data/it's.csv")
        done = self.run_program("--data", "csv", "--path", path, "--order", "by-class:2", "--test", path, "--passes", "0", "--steps", "50",
                                "--checkpoint-dir", "my data/kept/here/", "--target", "3", "--task", "classify", "--header", "yes")
        command = done.stdout.splitlines()[-1].strip()
        self.assertTrue(command.startswith("train_continuous --resume 'my data/kept/here/continuous_"), command)
        again = subprocess.run(["sh", "-c", command.replace("train_continuous", f"'{base.PROGRAM}'", 1) + " --steps 50"], cwd=self.directory,
                               capture_output=True, text=True, timeout=60)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("Total steps: 100\n", again.stdout)
        self.assertEqual(again.stderr, "")

    def test_a_bare_name_is_found_among_the_checkpoints(self):
        self.run_program("--steps", "50")
        name = os.path.basename(self.checkpoints()[0])
        self.assertIn(f"Resumed from checkpoints/{name} at step 50\n", self.run_program("--steps", "50", "--resume", name).stdout)

    def test_every_interval_and_only_the_newest_are_kept(self):
        done = self.run_program("--hours", "0.0002", "--save-interval", "0.02", "--keep-checkpoints", "3")
        reasons = [reason for _, reason in SAVED.findall(done.stdout)]
        self.assertEqual(reasons, ["auto"] * (len(reasons) - 1) + ["shutdown"])
        self.assertGreater(len(reasons), 4)
        sequences = [checkpoint_file.read(path)["sequence"] for path in self.checkpoints()]
        self.assertEqual(sequences, [len(reasons) - i for i in range(3)])
        self.assertEqual(self.read("training.log").count("[Checkpoint] Saved"), len(reasons))

    def test_usr1_saves_and_goes_on(self):
        process = self.start("--status-interval", "0.05")
        self.wait_for_line(process)
        steps = [checkpoint_dir_step(process, self) for _ in range(3)]
        self.assertEqual(steps, sorted(set(steps)))
        self.assertEqual(checkpoint_file.read(self.checkpoints()[0])["reason"], "manual")
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=20)
        self.assertEqual((process.returncode, error), (130, b""))
        self.assertIn(b"(shutdown)", out)

    def test_usr1_while_waiting_for_input(self):
        process = self.start("--data", "-", "--task", "regress", "--status-interval", "0.01", "--save-interval", "0.02")
        process.stdin.write(b"1 2\n3 4\n")
        process.stdin.flush()
        self.wait_for_line(process)
        while checkpoint_dir_step(process, self) < 2:
            pass
        time.sleep(0.2)
        saved = checkpoint_file.read(self.checkpoints()[0])["sequence"]
        time.sleep(0.3)
        self.assertEqual(checkpoint_file.read(self.checkpoints()[0])["sequence"], saved)  # nothing new came, so nothing was saved
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 143)

    def test_a_stop_saves_within_two_seconds(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start("--status-interval", "0.02", "--auto-resume", "--data", "idx", "--path", self.idx(), "--passes", "0", "--hidden", "400,400")
            while b"Step" not in process.stdout.readline():
                pass
            before = time.monotonic()
            process.send_signal(number)
            out, _ = process.communicate(timeout=20)
            self.assertLess(time.monotonic() - before, 2)
            self.assertEqual(process.returncode, 128 + number)
            steps = int(re.search(r"Total steps: ([\d,]+)", out.decode()).group(1).replace(",", ""))
            self.assertEqual(checkpoint_file.read(self.checkpoints()[0])["program"]["steps"], steps)

    def test_a_quiet_run_saves_too(self):
        done = self.run_program("-q", "--steps", "50")
        self.assertEqual((done.stdout, done.stderr), ("", ""))
        self.assertEqual(len(self.checkpoints()), 1)
        self.assertIn("[Checkpoint] Saved to", self.read("training.log"))


class NothingToResume(Case):
    def refused(self, *arguments, code=4):
        done = self.run_program("--steps", "50", *arguments, code=code)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def setUp(self):
        super().setUp()
        self.run_program("--steps", "100")
        self.good = self.checkpoints()[0]
        with open(self.good, "rb") as file:
            self.bytes = file.read()

    def test_what_is_no_file(self):
        self.assertIn("No such file", self.refused("--resume", "none.syn"))
        self.refused("--resume", "checkpoints")
        self.assertIn("is empty", self.refused("--resume", self.write("empty.syn", b"")))

    def test_foreign_and_damaged_files(self):
        damaged = bytearray(self.bytes)
        damaged[len(damaged) // 2] ^= 1
        cases = {"text": b"epoch,loss\n" * 100, "short": self.bytes[:40], "header": self.bytes[:31], "truncated": self.bytes[:-1], "damaged": damaged,
                 "zeros": bytes(1000), "pickle": b"\x80\x04" + bytes(500)}
        for name, content in cases.items():
            with self.subTest(name):
                error = self.refused("--resume", self.write(name + ".syn", bytes(content)))
                self.assertIn(name + ".syn: it is damaged, or no checkpoint", error)
        self.assertEqual([self.good], self.checkpoints())

    def test_every_truncation_and_many_bit_errors(self):
        source = random.Random(9)
        for _ in range(40):
            damaged = bytearray(self.bytes)
            damaged[source.randrange(len(damaged))] ^= 1 << source.randrange(8)
            self.refused("--resume", self.write("damaged.syn", bytes(damaged)))
            self.refused("--resume", self.write("damaged.syn", self.bytes[:source.randrange(len(self.bytes))]))

    def test_a_newer_version(self):
        head = bytearray(self.bytes[:28])
        head[7] = 2
        self.assertIn("newer version", self.refused("--resume", self.write("new.syn", bytes(head) + struct.pack("<I", crc32c(head)) + self.bytes[32:])))

    def test_another_shape(self):
        self.assertIn("regression, 6-32-32-2", self.refused("--resume", self.good, "--data", "csv", "--path", self.csv()))
        self.assertIn("6-32-32-2", self.refused("--resume", self.good, "--hidden", "8"))
        self.refused("--auto-resume", "--config", "full")
        self.refused("--resume", self.good, "--replay-bits", "8")
        self.run_program("--steps", "50", "--resume", self.good, "--hidden", "32,32", "--replay-capacity", "12000")

    def test_what_a_device_saved_has_a_learner_and_no_life(self):
        """The same file without the program's key."""
        payload = self.bytes[32:]
        at = payload.index(b"\xa7program")
        _, end = checkpoint_file._unpack(self.bytes, 32 + at + 8)
        self.assertEqual(payload[0], 0xde)
        entries = struct.unpack_from(">H", payload, 1)[0]
        payload = payload[:1] + struct.pack(">H", entries - 1) + payload[3:at] + self.bytes[end:]
        head = self.bytes[:20] + struct.pack("<II", len(payload), crc32c(payload))
        path = self.write("device.syn", head + struct.pack("<I", crc32c(head)) + payload)
        done = self.run_program("--steps", "50", "--resume", path, "--report", "report.json")
        self.assertEqual(base.strict_json(self.read("report.json"))["steps"], 130)
        self.assertIn("Resumed from", done.stdout)

    def test_auto_resume_takes_the_newest_valid_one_or_begins_anew(self):
        self.run_program("--steps", "100", "--auto-resume")
        second = self.checkpoints()[0]
        os.utime(self.good)  # dates do not count, nor do names
        os.rename(second, self.path("checkpoints/continuous_1.syn"))
        self.assertIn("continuous_1.syn at step 200\n", self.run_program("--steps", "1", "--auto-resume").stdout)
        for path in self.checkpoints():
            with open(path, "r+b") as file:
                file.truncate(100)
        anew = self.run_program("--steps", "10", "--auto-resume")
        self.assertNotIn("Resumed", anew.stdout)
        self.assertIn("Total steps: 10\n", anew.stdout)
        self.run_program("--steps", "10", "--auto-resume", "--checkpoint-dir", "elsewhere")


def crc32c(content):
    crc = 0xffffffff
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


class Disks(Case):
    def test_a_directory_has_one_writer(self):
        process = self.start("--status-interval", "0.05")
        self.wait_for_line(process)
        for more in ([], ["--auto-resume"]):
            done = self.run_program("--steps", "10", *more, code=5)
            self.assertIn("checkpoints is in use: another run", done.stderr)
        self.run_program("--steps", "10", "--checkpoint-dir", "mine")
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
        self.run_program("--steps", "10")

    def test_where_no_directory_can_be(self):
        self.write("file", "text")
        for directory in ("file", "file/below", "/proc/none", "/dev/null"):
            with self.subTest(directory):
                done = self.run_program("--steps", "10", "--checkpoint-dir", directory, code=5)
                self.assertIn(f"cannot write checkpoints to {directory}: ", done.stderr)
                self.assertNotIn("Total steps", done.stdout)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_directory_that_is_read_only(self):
        os.mkdir(self.path("checkpoints"), 0o555)
        self.assertIn("Permission denied", self.run_program("--steps", "10", code=5).stderr)

    def test_a_directory_that_vanishes(self):
        process = self.start("--status-interval", "0.05", "--save-interval", "0.02", "--report", "report.json")
        self.wait_for_line(process)
        checkpoint_dir_step(process, self)
        os.rename(self.path("checkpoints"), self.path("gone"))
        error = process.stderr.readline().decode()
        self.assertIn("cannot write a checkpoint to checkpoints: No such file or directory", error)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=20)
        self.assertEqual((process.returncode, error), (5, b""))  # said once
        self.assertIn(b"Final checkpoint: none\n", out)
        report = base.strict_json(self.read("report.json"))
        self.assertEqual((report["checkpoint"], report["checkpoint_bytes"]), (None, None))
        self.run_program("--steps", "10", "--resume", self.checkpoints("gone")[0])

    def test_a_directory_that_vanishes_and_comes_back(self):
        process = self.start("--status-interval", "0.05", "--save-interval", "0.02")
        self.wait_for_line(process)
        os.rename(self.path("checkpoints"), self.path("gone"))
        self.assertIn("cannot write a checkpoint", process.stderr.readline().decode())
        os.rename(self.path("gone"), self.path("checkpoints"))
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=20)
        self.assertEqual((process.returncode, error), (130, b""))

    def full_after(self, good_bytes, *arguments, code):
        """With files that may not grow beyond so many bytes."""
        done = subprocess.run([base.PROGRAM, *map(str, arguments)], cwd=self.directory, capture_output=True, text=True, timeout=60,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (good_bytes, good_bytes)))
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_a_disk_without_room(self):
        self.run_program("--steps", "100")
        good = self.checkpoints()[0]
        with open(good, "rb") as file:
            before = file.read()
        done = self.full_after(8192, "--auto-resume", "--hours", "0.0001", "--save-interval", "0.02", code=5)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertRegex(done.stderr, r"cannot write a checkpoint to checkpoints: .*; the last good one is checkpoints/continuous_")
        self.assertIn(f"\nFinal checkpoint: checkpoints/{os.path.basename(good)}\n", done.stdout)
        with open(good, "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(sorted(os.listdir(self.path("checkpoints"))), [".synapse_lock", os.path.basename(good)])

    def test_room_for_some_checkpoints_only(self):
        small = ["--data", "csv", "--path", self.csv(), "--passes", "0", "--hidden", "4", "--replay", "4000"]
        self.run_program(*small, "--steps", "500")  # what is remembered grows until a checkpoint does not fit
        limit = os.path.getsize(self.checkpoints()[0]) + (10 << 10)
        done = self.full_after(limit, *small, "--auto-resume", "--steps", "500", code=0)
        self.assertEqual(len(SAVED.findall(done.stdout)), 1)
        self.full_after(limit, *small, "--auto-resume", "--steps", "3000", code=5)
        self.assertEqual(checkpoint_file.read(self.checkpoints()[0])["program"]["steps"], 1000)
        self.assertEqual(self.report(*small, "--auto-resume", "--steps", "3000")["weights_hash"],
                         self.report(*small, "--steps", "4000", "--checkpoint-dir", "whole")["weights_hash"])

    @unittest.skipUnless(os.path.exists("/dev/shm") and os.geteuid() == 0, "needs root, for a disk of its own")
    def test_a_small_disk(self):
        disk = self.path("disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode != 0:
            self.skipTest("may not mount")
        self.addCleanup(subprocess.run, ["umount", disk], capture_output=True)
        done = self.run_program("--checkpoint-dir", "disk", "--steps", "20000", code=5)
        self.assertIn("No space left on device", done.stderr)
        self.assertIn("Total steps: 20,000\n", done.stdout)
        self.run_program("--checkpoint-dir", "disk", "--steps", "100")
        self.run_program("--checkpoint-dir", "disk", "--steps", "20000", "--auto-resume", code=5)
        self.assertEqual(checkpoint_file.read(self.checkpoints("disk")[0])["program"]["steps"], 100)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        self.assertIn("Read-only file system", self.run_program("--checkpoint-dir", "disk", "--steps", "100", code=5).stderr)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    base.PROGRAM = os.path.abspath(sys.argv.pop(1))
    if not os.access(base.PROGRAM, os.X_OK):
        sys.exit(f"{base.PROGRAM} is no program")
    unittest.main(verbosity=1)
