#!/usr/bin/env python3
"""fleet as its users meet it: the same bits on 1, 2 and 4 ranks, sharing pays, going on, lost ranks. Usage: fleet.py PROGRAM [TEST...]"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
# One machine, any user, more ranks than processors.
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_rmaps_base_oversubscribe="1",
                   OMPI_MCA_btl="self,vader", OMPI_MCA_btl_vader_single_copy_mechanism="none", OMPI_MCA_mpi_yield_when_idle="1")


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="synapse-")
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def run_fleet(self, ranks, *arguments, code=0):
        done = subprocess.run(["mpirun", "-n", str(ranks), PROGRAM, *map(str, arguments)], cwd=self.directory, env=ENVIRONMENT,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=120)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def report(self, ranks, *arguments):
        self.run_fleet(ranks, "-q", "--report", "report.json", *arguments)
        return json.loads((self.directory / "report.json").read_text(encoding="utf-8"))

    def start(self, ranks, *arguments):
        """mpirun, and the pids of the ranks as soon as two meetings are over and a third has begun."""
        process = subprocess.Popen(["mpirun", "-n", str(ranks), PROGRAM, *map(str, arguments)], cwd=self.directory, env=ENVIRONMENT,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        for number in (1, 2, 3):
            self.assertIn(f"Meeting {number}/", process.stdout.readline())
        pids = {}
        for entry in pathlib.Path("/proc").iterdir():
            try:
                environment = (entry / "environ").read_bytes()
                if os.readlink(entry / "exe") == os.path.realpath(PROGRAM) and os.readlink(entry / "cwd") == os.path.realpath(self.directory):
                    rank = [v for v in environment.split(b"\0") if v.startswith(b"OMPI_COMM_WORLD_RANK=")]
                    pids[int(rank[0].split(b"=")[1])] = int(entry.name)
            except OSError:
                continue
        self.assertEqual(sorted(pids), list(range(ranks)))
        return process, pids


class Fleet(Case):
    def test_what_is_not_understood(self):
        for arguments in (["--devices", "0"], ["--rounds", "x"], ["--timeout", "0"], ["word"]):
            self.assertIn("fleet --help", self.run_fleet(1, *arguments, code=2).stderr)
        self.assertIn("Examples:", self.run_fleet(1, "--help").stdout)

    def test_the_same_bits_on_any_number_of_ranks(self):
        reports = [self.report(ranks, "--rounds", 3, "--samples", 200, "--directory", f"d{ranks}") for ranks in (1, 2, 4)]
        self.assertEqual([r["ranks"] for r in reports], [1, 2, 4])
        for member in ("hash", "error", "error_each"):
            self.assertEqual(len({r[member] for r in reports}), 1, member)
        files = [(self.directory / f"d{ranks}" / "shared.syn").read_bytes() for ranks in (1, 2, 4)]
        self.assertEqual(files[0], files[1])
        self.assertEqual(files[0], files[2])
        self.assertNotEqual(self.report(2, "--rounds", 3, "--samples", 200, "--seed", 2)["hash"], reports[0]["hash"])

    def test_what_they_know_together_is_more_than_each_learns_alone(self):
        together = self.report(2, "--rounds", 8)
        alone = self.report(2, "--rounds", 8, "--alone", "--directory", "alone")
        self.assertLess(together["error"], 0.7 * alone["error"])
        self.assertLess(together["error"], together["error_each"])

    def test_it_goes_on_on_another_number_of_ranks(self):
        whole = self.report(2, "--rounds", 5, "--samples", 100, "--directory", "whole")
        self.report(4, "--rounds", 2, "--samples", 100)
        rest = self.report(1, "--rounds", 5, "--samples", 100, "--resume")
        self.assertEqual(rest["rounds_of_this_run"], 3)
        self.assertEqual(rest["hash"], whole["hash"])
        self.run_fleet(1, "--resume", "--directory", "none", code=4)
        self.assertIn("holds a fleet of 4 devices", self.run_fleet(1, "--resume", "--devices", 3, code=4).stderr)

    def test_a_rank_that_hangs_is_named(self):
        process, pids = self.start(4, "--rounds", 100000, "--samples", 50, "--timeout", 2)
        os.kill(pids[2], signal.SIGSTOP)
        _, error = process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertRegex(error, r"fleet: rank 0: rank 2 is lost: it did not come to meeting \d+ within 2 s")

    def test_a_rank_that_dies_ends_the_run_and_nothing_is_lost(self):
        process, pids = self.start(4, "--rounds", 100000, "--samples", 50)
        os.kill(pids[3], signal.SIGKILL)
        _, error = process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertRegex(error, r"rank 3\b")
        met = int((self.directory / "fleet" / "meetings").read_text(encoding="utf-8").split()[0])
        self.assertGreaterEqual(met, 2)
        rest = self.report(2, "--rounds", met + 2, "--samples", 50, "--resume")
        self.assertEqual(rest["hash"], self.report(1, "--rounds", met + 2, "--samples", 50, "--directory", "whole")["hash"])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    if not os.access(PROGRAM, os.X_OK):
        sys.exit(f"{PROGRAM} is no program")
    unittest.main(verbosity=1)
