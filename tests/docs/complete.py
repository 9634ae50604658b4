#!/usr/bin/env python3
"""Every public function that can fail, or that is handed an array, says in a comment what it wants and what it leaves behind.

    complete.py XML_DIRECTORY      Doxygen's XML of the headers

A comment also speaks for the functions right below it, up to the next blank line, and for overloads. The lists of fields, and what a list
is given to, are told once, in core/fields.hpp; the operations of kernel sets in kernels/kernel_set.hpp.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as tree

ROOT = pathlib.Path(__file__).resolve().parents[2] / "include"
PROTOCOL = {"fields", "settle", "restored", "value", "list", "array", "group", "scratch", "absent", "field"}
TOLD_ELSEWHERE = re.compile(r"synapse/(kernels/|checkpoint/number_listing\.hpp)")


def words(node):
    return "".join(node.itertext()).strip() if node is not None else ""


def spoken_for(lines, line):
    """Whether a comment stands between the function's first line (counted from 1) and the blank line above it."""
    for above in reversed(lines[:line - 1]):
        if not above.strip() or above.strip() in ("public:", "private:", "protected:"):
            return False
        if above.strip().startswith("//"):
            return True
    return False


def silent(folder):
    sources = {}
    for file in sorted(folder.glob("*.xml")):
        for scope in tree.parse(file).getroot().iter("compounddef"):
            if scope.get("kind") not in ("class", "struct", "namespace") or "detail" in words(scope.find("compoundname")):
                continue
            members = list(scope.iter("memberdef"))
            told = {words(m.find("name")) for m in members if words(m.find("briefdescription")) or words(m.find("detaileddescription"))}
            for member in members:
                if member.get("kind") != "function" or member.get("prot") != "public":
                    continue
                name, where = words(member.find("name")), member.find("location")
                header = where.get("file")
                given = [words(argument.find("type")) for argument in member.findall("param")]
                matters = re.search(r"\b(status|result)\b", words(member.find("type"))) or any("*" in g or "span" in g for g in given)
                if not matters or name in PROTOCOL or TOLD_ELSEWHERE.match(header) or name.startswith("operator"):
                    continue
                if name in told:
                    continue
                lines = sources.setdefault(header, (ROOT / header).read_text(encoding="utf-8").splitlines())
                if not spoken_for(lines, int(where.get("line"))):
                    yield f"{header}:{where.get('line')}: {name} says nothing of what it wants or what it leaves behind"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = sorted(set(silent(pathlib.Path(sys.argv[1]))))
    print("\n".join(found) or "every public function that can fail or takes an array says so")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
