#!/usr/bin/env python3
"""The core asks nothing of a runtime: an object file that uses all of it names no allocator, no exception and no stream.

    symbols.py --compiler CXX --nm NM [--self-test] [-- FLAG...]

Compiles core_only.cpp as firmware (-fno-exceptions -fno-rtti -Os) and, on a desktop, also at -O2, and reads the symbols.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "floors"))
from guard import finish  # noqa: E402

FIRMWARE = ["-Os", "-fno-exceptions", "-fno-rtti"]
DESKTOP = ["-O2", "-fno-exceptions"]
FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off", f"-I{HERE.parents[1] / 'include'}"]

# Mangled names. operator new and delete are _Zn[wa] and _Zd[la]; streams and the rest of the library live in std.
FORBIDDEN = [
    (r"_*(malloc|calloc|realloc|free|aligned_alloc|posix_memalign|_malloc_r|_free_r|sbrk|_sbrk)$", "the heap"),
    (r"_Zn[wa]|_Zd[la]", "operator new or delete"),
    (r"__cxa_|__gxx_personality|_Unwind_|__clang_call_terminate", "exceptions or guarded statics"),
    (r"_ZNSt8ios_base|_ZSt4c(out|err|in)|_ZNSt.*basic_[io]?stream|_ZNSo|_ZNSi", "iostream"),
    (r"_ZT[ISV]", "run-time types or virtual tables"),
    (r"(printf|sprintf|snprintf|puts|abort|exit|time|clock|rand)$", "the C library's system side"),
]
# All that a firmware's object may need from outside: plain memory and arithmetic.
NEEDED = re.compile(r"mem(cpy|set|move|cmp)$|sqrtf$|fmaf$|__aeabi_(u?l|ui?|i)\w*$|__aeabi_mem\w*$|__popcountsi2$|__clzsi2$|_GLOBAL_OFFSET_TABLE_$")
SOFT_DOUBLE = re.compile(r"__aeabi_d\w+$|__aeabi_\w+2d$")


def symbols(compiler, nm, flags, source):
    """(name, undefined) for each symbol of the compiled source."""
    with tempfile.TemporaryDirectory() as directory:
        target = f"{directory}/object.o"
        subprocess.run([compiler, *flags, "-c", str(source), "-o", target], check=True)
        listing = subprocess.run([nm, target], capture_output=True, text=True, check=True).stdout
    found = [line.split() for line in listing.splitlines()]
    return [(words[-1], words[-2] in "Uw") for words in found if len(words) >= 2]


def check(compiler, nm, flags, source):
    complaints = []
    firmware_only = subprocess.run([compiler, "-dumpmachine"], capture_output=True, text=True, check=True).stdout.startswith("arm-none")
    for name, kind in [("firmware", FIRMWARE)] + ([] if firmware_only else [("desktop", DESKTOP)]):
        found = symbols(compiler, nm, FLAGS + kind + flags, source)
        if not found:
            complaints.append(f"{name}: the object has no symbols")
        for symbol, undefined in found:
            for pattern, what in FORBIDDEN:
                if re.match(pattern, symbol):
                    complaints.append(f"{name}: {symbol}: {what}")
                    break
            else:
                if undefined and name == "firmware" and (not NEEDED.match(symbol) or SOFT_DOUBLE.match(symbol)):
                    complaints.append(f"{name}: {symbol}: not among what the core may need")
    return complaints


def self_test(compiler, nm):
    cases = [
        ("arithmetic", "int f(int a) { return a + 1; }", None),
        ("malloc", "#include <cstdlib>\nvoid* f(unsigned long n) { return std::malloc(n); }", "the heap"),
        ("new", "int* f() { return new int[8]; }", "operator new"),
        ("delete", "void f(int* p) { delete p; }", "operator new or delete"),
        ("a guarded static", "int g();\nint f() { static int once = g(); return once; }", "guarded statics"),
        ("a stream", "#include <iostream>\nvoid f() { std::cout << 1; }", "iostream"),
        ("a virtual function", "struct s { virtual int f(); };\nint s::f() { return 1; }", "run-time types"),
        ("printing", "#include <cstdio>\nvoid f(int x) { std::printf(\"%d\", x); }", "system side"),
        ("the maths library", "#include <cmath>\nfloat f(float x) { return std::exp(x); }", "not among"),
    ]
    wrong = []
    for name, text, words in cases:
        with tempfile.TemporaryDirectory() as directory:
            source = pathlib.Path(directory) / "case.cpp"
            source.write_text(text + "\n", encoding="utf-8")
            found = check(compiler, nm, [], source)
        if bool(found) != bool(words) or (words and not any(words in f for f in found)):
            wrong.append(f"planted {name}: expected {words!r}, got {found}")
    finish(wrong, f"{len(cases) - 1} planted violations found")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--nm", required=True)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("flags", nargs="*")
    given = parser.parse_args()
    if given.self_test:
        self_test(given.compiler, given.nm)
    finish(check(given.compiler, given.nm, given.flags, HERE / "core_only.cpp"), "nothing but arithmetic")


if __name__ == "__main__":
    main()
