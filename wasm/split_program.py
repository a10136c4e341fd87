#!/usr/bin/env python3
"""Splits a program in two: what the first frame, reading and annotating need, and what comes when it is wanted.

The second part is everything that is reached through core/base/late.h alone: the functions named late_entry<...> and
what only they call. Binaryen's wasm-split makes the two files; this script says which function belongs where.

A function stays in the first part when it can be reached, from the exports on, by direct calls or by a pointer that is
taken: its place in the table stands as a constant in the code of a function of the first part, or in the data. The places
begin at a number that is rare otherwise (TABLE_BASE in CMakeLists.txt); a number that only looks like one keeps a function
in the first part, which costs bytes and nothing else.

Tables of virtual functions stand in the data: two words of zero (no offset, no type information), then places. What they
hold is reached when a function of the first part, or the data, names the table, as whoever makes such an object does. A
function that is put into the second part by mistake is there when it is called all the same (shell/second_part.js).
"""
import argparse
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

# Without reference types, so that both parts share one table.
FEATURES = ["--enable-simd", "--enable-bulk-memory", "--enable-sign-ext", "--enable-mutable-globals",
            "--enable-nontrapping-float-to-int"]
FUNCTION = re.compile(r"^ \(func \$([^\s)]+)")
STEP = re.compile(r"\((?:call|return_call|ref\.func) \$([^\s)]+)|\(i32\.const (-?\d+)\)")
EXPORT = re.compile(r'^ \(export ".*" \(func \$([^\s)]+)\)\)')
ELEMENTS = re.compile(r"^ \(elem \$\S+ \(i32\.const (\d+)\)(.*)\)$")
DATA = re.compile(r'^ \(data \$\S+ \(i32\.const (\d+)\) "(.*)"\)$')
ESCAPE = re.compile(rb"\\([0-9a-f]{2}|.)")
BORDER = "late_entry<"


def unescaped(text):
    plain = {b"t": b"\t", b"n": b"\n", b"r": b"\r", b'"': b'"', b"'": b"'", b"\\": b"\\"}
    return ESCAPE.sub(lambda match: plain.get(match.group(1)) or bytes([int(match.group(1), 16)]), text.encode("latin-1"))


class Program:
    def __init__(self, lines):
        self.calls, self.constants = {}, {}  # by function
        self.exported, self.slots, self.data = set(), {}, {}  # data: words that are not zero, by address
        self.imports = 0  # of functions; Binaryen numbers the others from 0 on, the symbol map all together
        calls = constants = set()
        for line in lines:
            if line.startswith(" (func"):
                name = FUNCTION.match(line).group(1)
                calls, constants = self.calls.setdefault(name, set()), self.constants.setdefault(name, set())
            elif line.startswith(" (import"):
                self.imports += " (func " in line
            elif line.startswith(" (export"):
                if match := EXPORT.match(line):
                    self.exported.add(match.group(1))
            elif line.startswith(" (elem"):
                match = ELEMENTS.match(line)
                for place, function in enumerate(match.group(2).split(), int(match.group(1))):
                    self.slots[place] = function.removeprefix("$").removesuffix(")")
            elif line.startswith(" (data"):
                match = DATA.match(line)
                address = int(match.group(1))
                content = b"\0" * (address % 4) + unescaped(match.group(2))
                content = content[:len(content) // 4 * 4]
                words = enumerate(struct.unpack(f"<{len(content) // 4}I", content))
                self.data.update((address // 4 * 4 + 4 * place, word) for place, word in words if word != 0)
            for match in STEP.finditer(line):
                if match.group(1):
                    calls.add(match.group(1))
                else:
                    constants.add(int(match.group(2)))

    def virtual_tables(self):
        """Places by the address of the table that holds them, and the places that stand elsewhere in the data."""
        tables, others, table = {}, set(), None
        for address, word in sorted(self.data.items()):
            if word not in self.slots:
                continue
            if self.data.get(address - 4) in self.slots:
                table.add(word)
            elif address - 4 in self.data or address - 8 in self.data:
                table = others
                table.add(word)
            else:
                table = tables[address] = {word}
        for address in tables.keys() & set(self.data.values()):  # of objects that stand in the data
            others.update(tables.pop(address))
        return tables, others

    def first_part(self, borders):
        """Functions that are reached without a border."""
        places = set(self.slots)
        tables, others = self.virtual_tables()
        waiting = [*self.exported, *(self.slots[place] for place in others)]
        reached = set()
        while waiting:
            name = waiting.pop()
            if name in reached or name in borders or name not in self.calls:
                continue
            reached.add(name)
            waiting += self.calls[name]
            waiting += (self.slots[place] for place in self.constants[name] & places)
            for table in self.constants[name] & tables.keys():
                waiting += (self.slots[place] for place in tables.pop(table))
        return reached


def name_functions(path, symbols):
    """wasm-split knows the functions by their numbers before the split."""
    lines = (line.split(":", 1) for line in path.read_text(encoding="utf-8").splitlines())
    path.write_text("".join(f"{index}:{symbols.get(before, before)}\n" for index, before in lines), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--symbols", type=pathlib.Path, required=True, help="index:name of each function, from --emit-symbol-map")
    parser.add_argument("--binaryen", type=pathlib.Path, required=True, help="folder with wasm-dis and wasm-split")
    parser.add_argument("--first", type=pathlib.Path, required=True)
    parser.add_argument("--second", type=pathlib.Path, required=True)
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder) / "program.wat"
        subprocess.run([args.binaryen / "wasm-dis", *FEATURES, args.program, "-o", text], check=True)
        with text.open(encoding="latin-1") as lines:
            program = Program(lines)
        symbols = {str(int(index) - program.imports): name
                   for index, name in (line.rstrip("\n").split(":", 1) for line in args.symbols.open(encoding="utf-8"))}
        borders = {index for index, name in symbols.items() if BORDER in name}
        known = borders & set(program.calls)
        if not known:
            sys.exit(f"split_program.py: {args.symbols} names no function of {args.program} with {BORDER}")
        second = sorted(set(program.calls) - program.first_part(borders), key=int)
        names = pathlib.Path(folder) / "second.txt"
        names.write_text("\n".join(second) + "\n", encoding="utf-8")
        subprocess.run([args.binaryen / "wasm-split", *FEATURES, args.program, f"--split-funcs=@{names}",
                        f"--primary-output={args.first}", f"--secondary-output={args.second}",
                        "--import-namespace=first", "--placeholder-namespace=second", "--export-prefix=%", "--symbolmap"],
                       check=True)
    for part in (args.first, args.second):
        name_functions(part.with_name(part.name + ".symbols"), symbols)
    sizes = [path.stat().st_size for path in (args.program, args.first, args.second)]
    print(f"split_program.py: {sizes[0]:,} bytes into {sizes[1]:,} and {sizes[2]:,}; {len(known)} borders, "
          f"{len(second)} of {len(program.calls)} functions")


if __name__ == "__main__":
    main()
