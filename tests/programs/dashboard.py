#!/usr/bin/env python3
"""dashboard as its users, and others, meet it: by sockets."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = None


def line(i):
    return json.dumps({"time": 1e9 + i, "steps": i * 10, "error": 9.0 if i == 777 else 0.5, "phi": 0.5, "neurons": 64 + i // 500, "accuracy": None}) + "\n"


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="synapse-")
        cls.addClassCleanup(scratch.cleanup)
        cls.home = scratch.name
        cls.metrics = os.path.join(cls.home, "metrics.jsonl")
        with open(cls.metrics, "w", encoding="utf-8") as file:
            file.writelines(map(line, range(1000)))
        cls.process = subprocess.Popen([PROGRAM, cls.home, "--port", "0", "--heartbeat", "0.3", "--index-dir", os.path.join(cls.home, "index")],
                                       stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.stop)
        address = cls.process.stdout.readline()
        cls.port = int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", address)[1])
        cls.host = f"127.0.0.1:{cls.port}"

    @classmethod
    def stop(cls):
        cls.process.send_signal(signal.SIGTERM)
        code = cls.process.wait(10)
        cls.process.stdout.close()
        assert code == 0, code

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), 10)
        self.addCleanup(connection.close)
        return connection

    def exchange(self, request, then_nothing=False):
        """What comes back for these bytes, until the other side closes; perhaps after it has heard that there will be no more."""
        connection = self.connect()
        answer = b""
        try:
            connection.sendall(request)
            if then_nothing:
                connection.shutdown(socket.SHUT_WR)
            while more := connection.recv(65536):
                answer += more
        except ConnectionError:
            pass
        return answer

    def ask(self, target, host=None, method="GET", headers=""):
        answer = self.exchange(f"{method} {target} HTTP/1.1\r\nHost: {host or self.host}\r\n{headers}\r\n".encode("latin-1"))
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]) if head else 0, head.decode("latin-1"), body

    def json(self, target):
        status, _, body = self.ask(target)
        self.assertEqual(status, 200, target)
        return json.loads(body)

    def id(self):
        deadline = time.monotonic() + 10
        while True:
            runs = self.json("/api/runs")
            read = [run["id"] for run in runs if run["rows"] >= 1000]
            if read:
                return read[0]
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)


class Answers(Case):
    def test_the_page_and_what_it_links_to(self):
        status, head, body = self.ask("/")
        self.assertEqual(status, 200)
        for name in ("Content-Security-Policy: default-src 'none'; script-src 'self'", "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
                     "Cache-Control: no-store", "Referrer-Policy: no-referrer", "Cross-Origin-Resource-Policy: same-origin"):
            self.assertIn(name, head)
        self.assertNotIn("Access-Control", head)
        links = re.findall(r'(?:src|href)="(/[^"]*)"', body.decode())
        self.assertGreaterEqual(len(links), 7)
        for link in links:
            status, head, body = self.ask(link)
            self.assertEqual(status, 200, link)
            self.assertIn("Content-Security-Policy", head)
            self.assertNotRegex(body.decode(), r"https?://(?!www\.w3\.org/2000/svg)")
            name = os.path.basename(link)
            kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg"}
            self.assertIn(kinds[name.rpartition(".")[2]], head)

    def test_runs_and_curves(self):
        run = self.id()
        whole = self.json(f"/api/run/{run}")
        self.assertEqual(whole["rows"], 1000)
        self.assertEqual(whole["latest"]["neurons"], 65)
        self.assertEqual(whole["state"], "learning")
        curve = self.json(f"/api/run/{run}/series?groups=20")
        self.assertLessEqual(len(curve["first"]), 20)
        self.assertEqual(max(curve["columns"]["error"]["high"]), 9)
        self.assertEqual(curve["columns"]["accuracy"]["mean"], [None] * len(curve["first"]))
        near = self.json(f"/api/run/{run}/series?from=7760&to=7780&columns=error")
        self.assertEqual(list(near["columns"]), ["error"])
        self.assertEqual(near["columns"]["error"]["mean"], [0.5, 0.5, 9, 0.5, 0.5])
        times = self.json(f"/api/run/{run}/series?axis=time&from=10&to=12")
        self.assertEqual(times["first"], [9, 10, 11, 12, 13])

    def test_news_and_heartbeat(self):
        run = self.id()
        connection = self.connect()
        connection.sendall(f"GET /api/run/{run}/events HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode())
        heard = b""

        def hear(what):
            nonlocal heard
            deadline = time.monotonic() + 10
            while what not in heard:
                self.assertLess(time.monotonic(), deadline, heard[-300:])
                heard += connection.recv(65536)
        hear(b": still here")
        self.assertIn(b"text/event-stream", heard)
        self.assertIn(b"event: run\ndata: {", heard)
        self.assertIn(b"event: runs\ndata: [", heard)
        heard = b""
        other = os.path.join(self.home, "later")
        os.makedirs(other, exist_ok=True)
        with open(os.path.join(other, "metrics.jsonl"), "w", encoding="utf-8") as file:
            file.write(line(5))
        hear(b'"name": "later"')


class Refusals(Case):
    def test_foreign_hosts(self):
        for host in ("evil.example", f"evil.example:{self.port}", "127.0.0.1", f"127.0.0.1.evil.example:{self.port}", f"[::1]:{self.port}",
                     f"0.0.0.0:{self.port}", f"{self.host},evil.example", f"user@{self.host}"):
            self.assertEqual(self.ask("/", host=host)[0], 403, host)
        self.assertEqual(self.ask("/", host=f"localhost:{self.port}")[0], 200)
        self.assertIn(b" 400 ", self.exchange(b"GET / HTTP/1.1\r\n\r\n").split(b"\r\n")[0])
        self.assertIn(b" 400 ", self.exchange(f"GET / HTTP/1.1\r\nHost: {self.host}\r\nHost: {self.host}\r\n\r\n".encode()).split(b"\r\n")[0])

    def test_other_methods(self):
        for method in ("POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT"):
            status, head, _ = self.ask("/", method=method)
            self.assertIn(status, (400, 405), method)
            if status == 405:
                self.assertIn("Allow: GET", head)
        self.assertIn(self.ask("/", method="GETT")[0], (0, 400, 405))

    def test_bodies(self):
        self.assertEqual(self.ask("/", headers="Content-Length: 5\r\n")[0], 400)
        self.assertEqual(self.ask("/", headers="Content-Length: 99999999999\r\n")[0], 400)
        self.assertEqual(self.ask("/", headers="Transfer-Encoding: chunked\r\n")[0], 400)
        self.assertEqual(self.ask("/", headers="Upgrade: websocket\r\n")[0], 400)

    def test_other_sites(self):
        for header in ("Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"):
            self.assertEqual(self.ask("/api/runs", headers=header + "\r\n")[0], 403, header)

    def test_traversal(self):
        for target in ("/page/../../etc/passwd", "/page//etc/passwd", "/../../etc/passwd", "/metrics.jsonl", "/page/", "/page/metrics.jsonl",
                       "/api/run/../../etc/passwd", "/api/run/etc", "//etc/passwd", "/index.html", "/api/run/0000000000000000"):
            status, _, body = self.ask(target)
            self.assertEqual(status, 404, target)
            self.assertNotIn(b"root:", body)
        for target in ("/page/%2e%2e/%2e%2e/etc/passwd", "/%00", "/page/..\\..\\x", "/a;b", "http://evil.example/"):
            self.assertEqual(self.ask(target)[0], 400, target)

    def test_oversized(self):
        self.assertEqual(self.ask("/" + "a" * 2000)[0], 414)
        self.assertIn(self.ask("/" + "a" * 9000)[0], (414, 431))
        self.assertIn(self.ask("/", headers="X: " + "a" * 7000 + "\r\n")[0], (200, 431))
        for much in ("X: " + "a" * 100000 + "\r\n", "X: y\r\n" * 100000):
            self.assertIn(self.ask("/", headers=much)[0], (0, 400, 431))
        self.assertEqual(self.ask("/", headers="X: y\r\n" * 100)[0], 431)

    def test_nonsense(self):
        for nonsense in (b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 1000):
            self.assertNotIn(b" 200 ", self.exchange(nonsense, then_nothing=True).split(b"\r\n")[0])
        self.assertEqual(self.ask("/")[0], 200)


class Patience(Case):
    def test_slow_clients_keep_nobody_waiting(self):
        slow = [self.connect() for _ in range(20)]
        for connection in slow:
            connection.sendall(b"GET / HT")
        began = time.monotonic()
        self.assertEqual(self.ask("/")[0], 200)
        self.assertLess(time.monotonic() - began, 4)
        # A byte now and then does not buy more time: the whole request has five seconds.
        deadline = time.monotonic() + 12
        closed = False
        while time.monotonic() < deadline and not closed:
            time.sleep(0.5)
            try:
                slow[0].sendall(b"T")
                slow[0].settimeout(0.1)
                closed = slow[0].recv(10) == b""
            except TimeoutError:
                pass
            except ConnectionError:
                closed = True
        self.assertTrue(closed)

    def test_streams_are_counted_and_places_come_free(self):
        run = self.id()
        request = f"GET /api/run/{run}/events HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode()
        streams = [self.connect() for _ in range(12)]
        for stream in streams:
            stream.sendall(request)
            self.assertIn(b" 200 ", stream.recv(4096).split(b"\r\n")[0])
        self.assertEqual(self.ask(f"/api/run/{run}/events")[0], 503)
        self.assertEqual(self.ask("/")[0], 200)
        for stream in streams:
            stream.close()
        deadline = time.monotonic() + 10
        while True:
            again = self.connect()
            again.sendall(request)
            if b" 200 " in again.recv(4096).split(b"\r\n")[0]:
                break
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def test_many_at_once(self):
        seen = []
        def one():
            seen.append(self.ask("/page/app.js")[0])
        threads = [threading.Thread(target=one) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(seen.count(200), 40)


class CommandLine(unittest.TestCase):
    def run_program(self, *arguments, code):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_misuse(self):
        self.assertIn("which directory", self.run_program(code=2).stderr)
        self.run_program("a", "b", code=2)
        self.run_program(".", "--port", "70000", code=2)
        self.run_program(".", "--report", "x.html", "--port", "1", code=2)
        self.assertIn("no such directory", self.run_program("/nowhere/at/all", code=3).stderr)
        self.assertIn("--report", self.run_program("--help", code=0).stdout)
        self.assertRegex(self.run_program("--version", code=0).stdout, r"^dashboard \d")

    def test_a_port_that_is_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.assertIn("not to be had", self.run_program(".", "--port", str(taken.getsockname()[1]), code=1).stderr)

    def test_report(self):
        with tempfile.TemporaryDirectory(prefix="synapse-") as home:
            with open(os.path.join(home, "metrics.jsonl"), "w", encoding="utf-8") as file:
                file.writelines(map(line, range(1000)))
            out = os.path.join(home, "out.html")
            self.assertEqual(self.run_program(home, "--report", out, code=0).stdout, f"{out}: 1 run\n")
            with open(out, encoding="utf-8") as file:
                page = file.read()
            # What runs where it stands must stand after what it looks for.
            self.assertLess(page.index('id="data"'), page.index("<script>"))
            self.assertLess(page.index("</main>"), page.index("<script>"))
            with open(out, encoding="utf-8") as file:
                page = file.read()
            self.assertNotIn("/page/", page)
            self.assertNotRegex(page, r'(src|href)="?https?:')
            data = json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)[1])
            run = data["runs"][0]["id"]
            self.assertEqual(data["whole"][run]["rows"], 1000)
            self.assertEqual(max(data["series"][run]["step"]["columns"]["error"]["mean"]), 9)
            self.run_program(home, "--report", os.path.join(home, "no", "where.html"), code=5)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
