#!/usr/bin/env python3
"""Fails when the table of texts (ui/strings) holds one that nothing says."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Looked up by a name that is put together at run time (kit::tr_key).
BY_NAME = ("command_", "notice_", "import_issue_", "skip_", "kind_", "reads_", "param_", "probe_", "choice_", "answer_", "cors_",
           "scorer_group_")


def main():
    keys = [(path, key) for path in sorted((ROOT / "ui/strings").glob("*.def"))
            for key in re.findall(r"^STR(?:_N)?\((\w+)", path.read_text(encoding="utf-8"), re.M)]
    said = set()
    for path in [*ROOT.glob("ui/*.cpp"), *ROOT.glob("ui/*/*.cpp"), *ROOT.glob("ui/*/*.h"), *ROOT.glob("wasm/*.cpp")]:
        said.update(re.findall(r"\bStr::(\w+)", path.read_text(encoding="utf-8")))
    unused = [(path, key) for path, key in keys if key not in said and not key.startswith(BY_NAME)]
    for path, key in unused:
        print(f"texts: {path.relative_to(ROOT)}: nothing says {key}")
    print(f"texts: {len(keys)} texts, {len(unused)} problems")
    return 1 if unused or not keys else 0


if __name__ == "__main__":
    sys.exit(main())
