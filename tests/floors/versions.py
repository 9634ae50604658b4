#!/usr/bin/env python3
"""One version everywhere that a package manager, a build system or a program reads it."""
import json
import re

from guard import main

PLACES = {
    "include/synapse/config.hpp": r'version\[\] = "([^"]+)"',
    "CMakeLists.txt": r"project\(synapse VERSION (\S+)",
    "meson.build": r"^\s*version: '([^']+)'",
    # Manifests of firmware package managers.
    "library.json": r'"version": "([^"]+)"',
    "library.properties": r"^version=(\S+)",
    "idf_component.yml": r'^version: "?([0-9.]+)"?',
    "zephyr/module.yml": r"^# synapse (\S+)",
}
LICENSED = {"library.json", "library.properties", "idf_component.yml"}


def check(root):
    config = (root / "include/synapse/config.hpp").read_text(encoding="utf-8")
    parts = re.findall(r"version_(?:major|minor|patch) = (\d+)", config)
    expected = ".".join(parts)
    for place, pattern in PLACES.items():
        text = (root / place).read_text(encoding="utf-8")
        if place.endswith(".json"):
            json.loads(text)
        if place in LICENSED and "BSL-1.0" not in text:
            yield f"{place}: names no license"
        found = re.search(pattern, text, re.MULTILINE)
        if not found:
            yield f"{place}: names no version"
        elif found.group(1) != expected:
            yield f"{place}: says {found.group(1)}, config.hpp's numbers say {expected}"


CONFIG = 'int version_major = 1;\nint version_minor = 2;\nint version_patch = 3;\nchar version[] = "1.2.3";\n'
SOUND = {
    "include/synapse/config.hpp": CONFIG,
    "CMakeLists.txt": "project(synapse VERSION 1.2.3 LANGUAGES CXX)\n",
    "meson.build": "project('synapse', 'cpp',\n  version: '1.2.3',\n  meson_version: '>=1.0')\n",
    "library.json": '{"version": "1.2.3", "license": "BSL-1.0"}',
    "library.properties": "version=1.2.3\nlicense=BSL-1.0\n",
    "idf_component.yml": 'version: "1.2.3"\nlicense: "BSL-1.0"\n',
    "zephyr/module.yml": "# synapse 1.2.3\nname: synapse\n",
}
VIOLATIONS = [
    ("string", {"include/synapse/config.hpp": CONFIG.replace('"1.2.3"', '"1.2.4"')}, "config.hpp: says 1.2.4"),
    ("CMake", {"CMakeLists.txt": "project(synapse VERSION 1.2 LANGUAGES CXX)\n"}, "CMakeLists.txt: says 1.2,"),
    ("no version", {"CMakeLists.txt": "project(synapse)\n"}, "names no version"),
    ("Meson", {"meson.build": "project('synapse',\n  version: '1.3.3')\n"}, "meson.build: says"),
    ("PlatformIO", {"library.json": '{"version": "1.2.0", "license": "BSL-1.0"}'}, "library.json: says"),
    ("Arduino", {"library.properties": "version=1.2\nlicense=BSL-1.0\n"}, "library.properties: says"),
    ("ESP-IDF", {"idf_component.yml": 'version: "1.3.3"\nlicense: "BSL-1.0"\n'}, "idf_component.yml: says"),
    ("Zephyr", {"zephyr/module.yml": "name: synapse\n"}, "module.yml: names no version"),
    ("license", {"library.properties": "version=1.2.3\nlicense=MIT\n"}, "names no license"),
]

if __name__ == "__main__":
    main(check, SOUND, VIOLATIONS)
