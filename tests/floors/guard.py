"""The frame of a guard: report complaints, and prove on planted violations that it can complain."""
import pathlib
import sys
import tempfile

from include_lines import ROOT


def plant(root, files):
    """Writes {"path": "text"} below root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(check, sound, violations):
    """check(root) yields complaints. `sound` is a tree {"path": "text"} without any; each of `violations`, a
    (name, files, words) triple, laid over it must give exactly one complaint, holding those words."""
    if sys.argv[1:] == ["--self-test"]:
        wrong = []
        for name, files, words in [("nothing", {}, None)] + violations:
            with tempfile.TemporaryDirectory() as directory:
                root = pathlib.Path(directory)
                plant(root, {**sound, **files})
                found = list(check(root))
            expected = 0 if words is None else 1
            if len(found) != expected or (expected and words not in found[0]):
                wrong.append(f"planted {name}: expected {words!r}, got {found}")
        finish(wrong, f"{len(violations)} planted violations found")
    if sys.argv[1:]:
        sys.exit("usage: [--self-test]")
    finish(list(check(ROOT)), "in order")


def finish(complaints, praise):
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} complaints" if complaints else praise)
    sys.exit(1 if complaints else 0)
