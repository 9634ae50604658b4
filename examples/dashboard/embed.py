"""Writes a header that holds the files of the page: embed.py OUT FILE..."""
import os
import sys

TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def main(out, files):
    lines = ["// Written by embed.py from the files in page/.", "#pragma once", "", "#include \"dashboard/page_file.hpp\"", "", "namespace dashboard {", ""]
    entries = []
    for number, path in enumerate(sorted(files, key=os.path.basename)):
        with open(path, "rb") as file:
            content = file.read()
        lines.append(f"inline constexpr char page_bytes_{number}[] = {{")
        for at in range(0, len(content), 32):
            lines.append("".join(f"{byte - 256 if byte > 127 else byte}," for byte in content[at:at + 32]))
        lines.append("};")
        name = os.path.basename(path)
        entries.append(f"    {{\"{name}\", \"{TYPES[os.path.splitext(name)[1]]}\", {{page_bytes_{number}, sizeof page_bytes_{number}}}}},")
    lines += ["", "inline constexpr page_file page_files[] = {", *entries, "};", "", "}  // namespace dashboard", ""]
    text = "\n".join(lines)
    if os.path.exists(out):
        with open(out, encoding="utf-8") as file:
            if file.read() == text:
                return
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    with open(out, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
