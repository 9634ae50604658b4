#!/usr/bin/env python3
"""The dashboard as a person sees it: a real browser, without a screen, watches a life while it is lived.

    watch.py DASHBOARD TRAIN_CONTINUOUS [--pictures DIR]

Needs chromium; without one nothing is tested, and it says so (exit code 77).
"""
import argparse
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import zlib

import chromium

GIVEN = None


def pixels(path):
    """Width, height and rows of bytes of a PNG of 8 bits a colour, unfiltered."""
    with open(path, "rb") as file:
        data = file.read()
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", body[:10])
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    assert depth == 8 and colours in (2, 6)
    size = 3 if colours == 2 else 4
    raw, stride, before, rows = zlib.decompress(packed), width * size, bytes(width * size), []
    for y in range(height):
        way, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            a, b, c = line[i - size] if i >= size else 0, before[i], before[i - size] if i >= size else 0
            if way == 1:
                line[i] = (line[i] + a) & 255
            elif way == 2:
                line[i] = (line[i] + b) & 255
            elif way == 3:
                line[i] = (line[i] + (a + b) // 2) & 255
            elif way == 4:
                p = a + b - c
                near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
                line[i] = (line[i] + near) & 255
        rows.append(bytes(line))
        before = rows[-1]
    return width, height, size, rows


class Watching(unittest.TestCase):
    """One life of some ten seconds, lived while the page is open, and beside it one that is over."""

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="synapse-")
        cls.addClassCleanup(scratch.cleanup)
        cls.home = scratch.name
        cls.pictures = GIVEN.pictures or cls.home
        os.makedirs(cls.pictures, exist_ok=True)
        over = os.path.join(cls.home, "yesterday")
        os.mkdir(over)
        subprocess.run([GIVEN.train, "--steps", "300000", "--seed", "7", "--neurogenesis", "--metrics", "metrics.jsonl", "--status-interval", "0.02", "-q"],
                       cwd=over, check=True)
        now = os.path.join(cls.home, "today")
        os.mkdir(now)
        cls.life = subprocess.Popen([GIVEN.train, "--neurogenesis", "--metrics", "metrics.jsonl", "--status-interval", "0.1",
                                     "--save-interval", "2", "-q"], cwd=now)
        cls.addClassCleanup(cls.end_life)
        cls.start_server("0")
        cls.addClassCleanup(cls.end_server)
        cls.page = chromium.Browser()
        cls.addClassCleanup(cls.page.close)
        cls.page.prefer("light")
        cls.page.open(cls.address)
        cls.page.wait_for("document.documentElement.dataset.ready === 'yes'")

    @classmethod
    def start_server(cls, port):
        cls.server = subprocess.Popen([GIVEN.dashboard, cls.home, "--port", port, "--index-dir", os.path.join(cls.home, "index")],
                                      stdout=subprocess.PIPE, text=True)
        cls.address = cls.server.stdout.readline().strip()

    @classmethod
    def end_life(cls):
        if cls.life.poll() is None:
            cls.life.send_signal(signal.SIGTERM)
        cls.life.wait(10)

    @classmethod
    def end_server(cls):
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(10)
        cls.server.stdout.close()

    # ---- helpers

    def fact(self, name):
        return self.page.run(f"[...document.querySelectorAll('#facts div')].find(d => d.firstChild.textContent === '{name}').lastChild.textContent")

    def number(self, name):
        return int(re.sub(r"\D", "", self.fact(name)))

    def text(self, selector):
        return self.page.run(f"document.querySelector('{selector}').textContent")

    def cursor(self):
        return self.page.run("document.documentElement.dataset.cursor || ''")

    def values(self):
        """What each chart reads at the cursor."""
        return self.page.run("[...document.querySelectorAll('.chart')].filter(c => !c.hidden).map(c => c.querySelector('.where').textContent)")

    def picture(self, name, whole=True):
        path = os.path.join(self.pictures, name + ".png")
        self.page.picture(path, whole)
        return pixels(path)

    def choose(self, life):
        """Goes to the run whose directory has this name."""
        self.page.run("(() => {const s = document.getElementById('run'); s.value = [...s.options].find(o => o.textContent.includes("
                      f"'{life}')).value; document.documentElement.dataset.ready = ''; s.dispatchEvent(new Event('change'));}})()")
        self.page.wait_for("document.documentElement.dataset.ready === 'yes'")

    def fresh(self):
        self.page.run("(() => {localStorage.clear(); document.documentElement.dataset.ready = '';})()")
        self.page.open(self.address)
        self.page.wait_for("document.documentElement.dataset.ready === 'yes'")

    def setUp(self):
        self.page.resize(1280, 900)
        self.page.prefer("light")
        self.fresh()

    def tearDown(self):
        self.page.listen(0.1)
        self.assertEqual(self.page.complaints, [])
        for url in self.page.requests:
            parts = urllib.parse.urlsplit(url)
            self.assertTrue(url.startswith(self.address) or parts.scheme in ("about", "data", "file"), url)

    # ---- what a person does

    def test_values_move_while_a_life_is_lived(self):
        self.assertEqual(self.text("#state"), "learning")
        before, groups = self.number("Step"), int(self.page.run("document.documentElement.dataset.groups"))
        drawn = self.page.run("document.querySelector('.chart canvas').toDataURL()")
        self.page.wait_for(f"document.documentElement.dataset.groups !== '{groups}' || "
                           f"document.querySelector('.chart canvas').toDataURL() !== '{drawn}'")
        self.page.wait_for("document.querySelector('#checkpoints li')", 30)
        self.assertGreater(self.number("Step"), before)
        self.assertRegex(self.text("#checkpoints"), r"auto, .*continuous_\d+\.syn")
        loads = self.page.loaded
        self.page.listen(0.5)
        self.assertEqual(self.page.loaded, loads)  # by events, not by loading the page again

    def test_the_page_says_when_its_server_is_gone_and_comes_back(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(10)
        self.server.stdout.close()
        self.page.wait_for("document.getElementById('link').textContent.includes('connection lost')")
        type(self).start_server(self.address.rsplit(":", 1)[1].strip("/"))
        self.page.wait_for("document.getElementById('link').textContent === ''", 30)
        before = self.number("Step")
        self.page.wait_for(f"Number(document.querySelector('#facts dd').textContent.replace(/\\D/g, '')) > {before}", 30)
        self.page.complaints.clear()  # that nobody answered is the browser's to say

    def test_every_chart_shows_the_place_under_the_pointer(self):
        x, y = self.page.centre(".chart[data-column=error] canvas")
        self.page.mouse("mouseMoved", x, y)
        self.page.wait_for("document.documentElement.dataset.cursor")
        where = self.values()
        self.assertGreaterEqual(len(where), 9)
        steps = {re.search(r"step ([\d,. ]+)", w)[1] for w in where if w}
        self.assertEqual(len(steps), 1)  # one cursor for all
        self.page.mouse("mouseMoved", 5, 5)
        self.page.wait_for("!document.documentElement.dataset.cursor")

    def test_zoom_by_dragging_buttons_and_back(self):
        self.choose("yesterday")
        extent = "[...document.querySelectorAll('.chart')].length"
        self.assertGreater(self.page.run(extent), 8)
        whole = self.page.run("document.querySelector('.chart[data-column=phi] canvas').toDataURL()")
        x, y = self.page.centre(".chart[data-column=error] canvas")
        self.page.mouse("mouseMoved", x - 60, y)
        self.page.mouse("mousePressed", x - 60, y, button="left", buttons=1, clickCount=1)
        self.page.mouse("mouseMoved", x + 60, y, button="left", buttons=1)
        self.page.mouse("mouseReleased", x + 60, y, button="left", clickCount=1)
        self.page.mouse("mouseMoved", 5, 5)
        changed = "document.querySelector('.chart[data-column=phi] canvas').toDataURL() !== " + repr(whole)
        self.page.wait_for(changed)  # dragged over one, zoomed in all
        self.page.click("#zoom-all")
        self.page.mouse("mouseMoved", 5, 5)
        self.page.wait_for("!(" + changed + ")")
        for button in ("#zoom-latest", "#zoom-out", "#zoom-in", "#zoom-in"):
            self.page.click(button)
        self.page.mouse("mouseMoved", 5, 5)
        self.page.wait_for(changed)
        x, y = self.page.centre(".chart[data-column=error] canvas")
        for count in (1, 2):
            self.page.mouse("mousePressed", x, y, button="left", buttons=1, clickCount=count)
            self.page.mouse("mouseReleased", x, y, button="left", clickCount=count)
        self.page.mouse("mouseMoved", 5, 5)
        self.page.wait_for("!(" + changed + ")")  # a double click is the whole run

    def test_axis_and_smoothing(self):
        self.choose("yesterday")
        chart = "document.querySelector('.chart[data-column=error] canvas').toDataURL()"
        by_step = self.page.run(chart)
        self.page.click("input[value=time]")
        self.page.wait_for(f"{chart} !== {by_step!r}")
        x, y = self.page.centre(".chart[data-column=error] canvas")
        self.page.mouse("mouseMoved", x, y)
        self.page.wait_for("document.querySelector('.chart .where').textContent.includes('at ')")
        self.page.mouse("mouseMoved", 5, 5)
        self.page.click("input[value=step]")
        self.page.wait_for(f"{chart} === {by_step!r}")
        self.page.run("document.getElementById('smoothing').focus()")
        for _ in range(4):
            self.page.press("ArrowRight")
        self.assertEqual(self.text("#smoothing-value"), "16 points")
        self.page.wait_for(f"{chart} !== {by_step!r}")
        for _ in range(4):
            self.page.press("ArrowLeft")
        self.assertEqual(self.text("#smoothing-value"), "off")

    def test_two_runs_side_by_side(self):
        self.choose("yesterday")
        self.page.click("#compare summary")
        self.page.wait_for("document.querySelector('#compare-list input')")
        self.page.click("#compare-list input")
        legend = "document.querySelector('.chart[data-column=error] .legend').textContent"
        self.page.wait_for(f"{legend}.includes('yesterday') && {legend}.includes('today')")
        self.picture("compared")
        self.page.click("#compare-list input")
        self.page.wait_for(f"!{legend}.includes('today')")

    def test_by_keyboard_alone(self):
        self.choose("yesterday")
        self.page.run("document.querySelector('.chart[data-column=agency] canvas').focus()")
        self.page.press("ArrowRight")
        first = self.cursor()
        self.page.press("ArrowRight")
        second = self.cursor()
        self.assertGreater(float(second), float(first))
        self.page.press("End")
        self.assertGreater(float(self.cursor()), float(second))
        self.assertIn("Agency", self.text("#said"))  # what a screen reader is told
        self.page.press("Home")
        self.assertEqual(self.cursor(), first)
        before = self.page.run("document.querySelector('.chart[data-column=error] canvas').toDataURL()")
        self.page.press("+")
        self.page.wait_for(f"document.querySelector('.chart[data-column=error] canvas').toDataURL() !== {before!r}")
        self.page.press("Escape")
        self.assertEqual(self.cursor(), "")
        self.page.run("document.activeElement.blur()")
        reached = set()
        for _ in range(40):
            self.page.press("Tab")
            reached.add(self.page.run("document.activeElement.id || document.activeElement.name || document.activeElement.tagName"))
        for control in ("run", "axis", "smoothing", "zoom-in", "zoom-all", "theme", "CANVAS", "SUMMARY"):
            self.assertIn(control, reached)

    def test_everything_has_a_name_for_those_who_do_not_see_it(self):
        self.page.ask("Accessibility.enable")
        nodes = self.page.ask("Accessibility.getFullAXTree")["nodes"]
        nameless = [n for n in nodes if not n.get("ignored") and n["role"]["value"] in ("button", "combobox", "slider", "radio", "img", "image", "checkbox", "link")
                    and not n.get("name", {}).get("value")]
        self.assertEqual(nameless, [])
        charts = [n["name"]["value"] for n in nodes if not n.get("ignored") and n["role"]["value"] in ("img", "image") and "Chart:" in n["name"]["value"]]
        self.assertGreaterEqual(len(charts), 9)
        self.page.ask("Accessibility.disable")

    def test_the_numbers_as_a_table(self):
        self.choose("yesterday")
        self.page.click("#table-box summary")
        self.page.wait_for("document.querySelectorAll('#table tbody tr').length > 10")
        head = self.page.run("[...document.querySelectorAll('#table thead th')].map(c => c.textContent)")
        self.assertEqual(head[:2], ["Step", "Error"])
        self.assertIn("Agency", head)

    def test_light_dark_and_narrow(self):
        self.choose("yesterday")
        width, height, size, rows = self.picture("light")
        self.assertGreaterEqual(width, 1280)
        light = sum(rows[2][:3])
        self.assertGreater(light, 600)
        self.page.click("#theme")
        self.assertEqual(self.page.run("document.documentElement.dataset.theme"), "dark")
        self.assertEqual(self.page.run("document.getElementById('theme').getAttribute('aria-pressed')"), "true")
        self.page.mouse("mouseMoved", 5, 5)
        width, height, size, rows = self.picture("dark")
        self.assertLess(sum(rows[2][:3]), 200)
        self.page.run("localStorage.clear()")
        self.page.prefer("dark")
        self.fresh()
        self.assertEqual(self.page.run("document.documentElement.dataset.theme"), "dark")  # as the system wishes
        self.page.prefer("light")
        self.page.wait_for("document.documentElement.dataset.theme === 'light'")
        self.page.resize(390, 844, mobile=True)
        self.choose("yesterday")
        self.page.listen(0.3)
        self.assertLessEqual(self.page.run("document.documentElement.scrollWidth"), 390)  # nothing sticks out of a phone
        small = self.page.run("[...document.querySelectorAll('button, select, summary')].filter(e => e.offsetParent && e.getBoundingClientRect().height < 24)"
                              ".map(e => e.id || e.textContent)")
        self.assertEqual(small, [])  # a finger finds them
        self.picture("narrow")
        self.page.resize(1280, 900)

    def test_what_is_drawn_is_the_curve(self):
        self.choose("yesterday")
        blank = self.page.run("(() => {const c = document.querySelector('.chart[data-column=error] canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                              "const seen = new Set(); for (let i = 0; i < d.length; i += 4) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return seen.size;})()")
        self.assertGreater(blank, 8)

    def test_neighbours_on_an_axis_never_read_alike(self):
        alike = self.page.run("""(() => {
            const n = dash.numbers, bad = [];
            for (const [find, say] of [[n.ticks, n.short], [n.timeTicks, n.duration]])
                for (let from = 0; from < 1e7; from = from * 3 + 1)
                    for (let span = 1; span <= 1e7; span *= 2.7) {
                        const at = find(from, from + span, 5), step = at[1] - at[0], said = at.map(x => say(x, step));
                        if (new Set(said).size !== said.length) bad.push([from, span, ...said].join(' '));
                    }
            return bad;
        })()""")
        self.assertEqual(alike, [])

    def test_a_report_by_mail(self):
        path = os.path.join(self.home, "report.html")
        subprocess.run([GIVEN.dashboard, os.path.join(self.home, "yesterday"), "--report", path], check=True, stdout=subprocess.DEVNULL)
        self.page.open("about:blank")  # the page before it has nothing more to ask
        self.page.listen(0.3)
        asked = len(self.page.requests)
        self.page.open("file://" + path)
        self.page.wait_for("document.documentElement.dataset.ready === 'yes'")
        self.assertIn("finished", self.text("#state"))
        self.page.click("input[value=time]")
        self.page.click("#zoom-latest")
        self.picture("report")
        self.page.listen(0.2)
        self.assertTrue(all(url.startswith(("file://" + path, "data:")) for url in self.page.requests[asked:]), self.page.requests[asked:])


def main():
    global GIVEN
    parser = argparse.ArgumentParser()
    parser.add_argument("dashboard")
    parser.add_argument("train")
    parser.add_argument("--pictures")
    GIVEN, rest = parser.parse_known_args()
    GIVEN.dashboard, GIVEN.train = os.path.abspath(GIVEN.dashboard), os.path.abspath(GIVEN.train)
    if chromium.find() is None:
        print("no chromium here: nothing is tested")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
