#!/usr/bin/env python3
"""Our comments as Doxygen wants them. Ours are plain "//": above a declaration, behind a member, at the top of a file; inside a function
they are for whoever reads the function, and stay what they are.

    filter.py HEADER      writes the header with its doc comments marked
"""
import pathlib
import re
import sys

SCOPE = re.compile(r"^\s*(?:inline )?(?:namespace|class|struct|enum|union)\b")
STATUS = re.compile(r"^([a-z_]+(?:, [a-z_]+)*|[a-z_]+\(\))  +(\S.*)$")


def escaped(text):
    return re.sub(r"([\\<>#%&$])", r"\\\1", re.sub(r"@(?!return)", r"\\@", text))


def documentation(text):
    """One line of a comment: a status or an argument with what it means becomes an item of a list."""
    parts = re.split(r"@(cost|source)", text)
    if len(parts) > 1:
        out = [escaped(parts[0].rstrip())]
        for tag, words in zip(parts[1::2], parts[2::2]):
            out += [f"@par {tag.capitalize()}", escaped(words.strip(" :"))]
        return "\n/// ".join(part for part in out if part)
    found = STATUS.match(text)
    return f"- `{found.group(1)}` {escaped(found.group(2))}" if found else escaped(text)


def marked(lines):
    depth = []  # of each open brace: whether declarations stand in it
    top = True
    for line in lines:
        code, slashes, comment = line.partition("//")
        declares = all(depth)
        if slashes and not code.strip():
            comment = comment[1:] if comment.startswith(" ") else comment
            if not declares or comment.startswith("clang-format") or comment.startswith("----"):
                yield line
            elif top:
                yield f"/// @file\n/// {documentation(comment)}"
            else:
                yield f"{code}/// {documentation(comment)}"
            top = False
            continue
        if slashes and declares and '"' not in code and not code.strip().startswith("#") and not code.strip() == "}":
            ends = code.rstrip().endswith((";", ",", "{")) or "=" in code or code.strip().isidentifier()
            line = f"{code}///< {escaped(comment.strip())}" if ends and not code.rstrip().endswith("{") else code.rstrip()
        elif slashes:
            line = code.rstrip() if not re.search(r'"[^"]*$', code) else line
        if line.strip():
            top = False
        plain = re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'', "", code if slashes else line)
        for brace in re.findall(r"[{}]", plain):
            if brace == "{":
                depth.append(bool(SCOPE.match(code)))
            elif depth:
                depth.pop()
        yield line


def main():
    path = pathlib.Path(sys.argv[1])
    sys.stdout.write("\n".join(marked(path.read_text(encoding="utf-8").splitlines())) + "\n")


if __name__ == "__main__":
    main()
