#!/usr/bin/env python3
"""Counts Catch2 test cases in ctest's log: prints 'PASSED FAILED SKIPPED'.

  count_tests.py BUILD_FOLDER/Testing/Temporary/LastTest.log

Every ctest entry is one Catch2 executable, which closes with its own counts. One that closed without them (it
crashed, timed out or was stopped by a sanitizer) counts as one failure more.
"""
import re
import sys

ENTRY = re.compile(r"^\d+/\d+ Testing: (.*)$", re.MULTILINE)
ALL_PASSED = re.compile(r"^All tests passed \(.*?in (\d+) test cases?\)", re.MULTILINE)
COUNTS = re.compile(r"^test cases?:\s*(\d+)(.*)$", re.MULTILINE)
NOTHING = re.compile(r"^No tests? ran", re.MULTILINE)


def count(text):
    """Counts of one executable's output, or None when it has no closing line."""
    match = None
    for match in COUNTS.finditer(text):
        pass
    if match:
        parts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped)", match.group(2))}
        # "failed as expected" ([!shouldfail]) is a pass.
        expected = sum(int(n) for n in re.findall(r"(\d+) failed as expected", match.group(2)))
        failed = sum(int(n) for n in re.findall(r"(\d+) failed(?! as expected)", match.group(2)))
        return parts.get("passed", 0) + expected, failed, parts.get("skipped", 0)
    match = ALL_PASSED.search(text)
    if match:
        return int(match.group(1)), 0, 0
    return (0, 0, 0) if NOTHING.search(text) else None


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
        pieces = ENTRY.split(file.read())
    total = [0, 0, 0]
    for name, text in zip(pieces[1::2], pieces[2::2]):
        counts = count(text)
        succeeded = "\nTest Passed." in text
        if counts is None:
            # Not a Catch2 program, or one that died.
            counts = (1, 0, 0) if succeeded else (0, 1, 0)
        elif not succeeded and counts[1] == 0:
            # All its cases passed, and still it failed: a leak report at exit, say.
            counts = (counts[0], 1, counts[2])
        print(f"{name}: {counts[0]} passed, {counts[1]} failed, {counts[2]} skipped", file=sys.stderr)
        total = [a + b for a, b in zip(total, counts)]
    print(*total)


if __name__ == "__main__":
    main()
