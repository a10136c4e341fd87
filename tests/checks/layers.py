#!/usr/bin/env python3
"""Checks that includes follow tests/checks/layers.txt and that core and ui stay platform-free."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Headers that pull in what core and ui must not have: platform, threads, clocks, or sheer size.
FORBIDDEN_IN_CORE = re.compile(
    r"^(emscripten.*|SDL.*|GL.*|imgui.*|thread|mutex|future|atomic|condition_variable|filesystem|iostream"
    r"|ostream|istream|sstream|fstream|regex|chrono|format|locale|random|wasm_simd128\.h|.*intrin\.h)$")
FORBIDDEN_IN_UI = re.compile(
    r"^(emscripten.*|SDL.*|GL.*|thread|mutex|future|filesystem|iostream|sstream|fstream|regex|chrono|format|random)$")
SIMD_HOMES = {"core/base/simd.h"}
JSON_DOOR = "core/json/doc.h"


def read_table():
    table = {}
    for line in (ROOT / "tests/checks/layers.txt").read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            layer, _, allowed = line.partition(":")
            table[layer.strip()] = set(allowed.split())
    return table


def layer_of(path, table):
    """The longest layer folder that holds the file."""
    folder = path.parent.as_posix()
    while folder and folder != ".":
        if folder in table:
            return folder
        folder = pathlib.PurePosixPath(folder).parent.as_posix()
    return None


def check_file(path, table):
    relative = path.relative_to(ROOT)
    layer = layer_of(relative, table)
    problems = []
    if layer is None:
        return [f"{relative}: lies in no layer of layers.txt"]
    top = layer.split("/")[0]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{relative}:{number}"
        if re.search(r"__EMSCRIPTEN__", line) and top != "wasm":
            problems.append(f"{where}: __EMSCRIPTEN__ outside wasm/")
        if re.search(r"\bTODO\b(?!\(#\d+\))", line):
            problems.append(f"{where}: TODO without an issue number")
        match = INCLUDE.match(line)
        if not match:
            continue
        name = match.group(2)
        if (ROOT / name).is_file() and match.group(1) == '"':
            target = layer_of(pathlib.PurePosixPath(name), table)
            if target != layer and target not in table[layer]:
                problems.append(f"{where}: {layer} may not include {name} (of {target})")
            if name == JSON_DOOR and relative.suffix == ".h" and relative.as_posix() != JSON_DOOR and top != "tests":
                problems.append(f"{where}: {JSON_DOOR} belongs in .cpp files only")
        elif top == "core" and FORBIDDEN_IN_CORE.match(name) and relative.as_posix() not in SIMD_HOMES:
            problems.append(f"{where}: core must not include <{name}>")
        elif top == "ui" and FORBIDDEN_IN_UI.match(name):
            problems.append(f"{where}: ui must not include <{name}>")
        elif name.startswith("nlohmann/") and relative.as_posix() != JSON_DOOR:
            problems.append(f"{where}: nlohmann/json only through {JSON_DOOR}")
    return problems


def main():
    table = read_table()
    files = [p for top in ("core", "ui", "wasm", "shell") for p in (ROOT / top).rglob("*")
             if p.suffix in (".h", ".cpp", ".def")]
    problems = [problem for path in sorted(files) for problem in check_file(path, table)]
    for problem in problems:
        print(problem)
    print(f"layers: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
