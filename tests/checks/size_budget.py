#!/usr/bin/env python3
"""Fails when the built page is larger than it may be, and prints where the bytes are."""
import gzip
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SITE = ROOT / "build/web"
# docs/decisions/0010-size-of-the-page.md
WASM_RAW_LIMIT = 1_200_000
PAGE_GZIP_LIMIT = 700_000
# Not part of what a visitor downloads to get the page running.
EXTRAS = {"example", "licenses.html", "404.html", "build.json", "debug"}
# Loaded when they are wanted: the program's second part, the readers of foreign files, Markdown; with a limit of their own.
ON_DEMAND = ("second.", "fetch_worker.", "converter.", "convert_worker.", "vendor/", "markdown.", "json_tree.", "testing.")
ON_DEMAND_GZIP_LIMIT = 860_000


def main():
    if not SITE.is_dir():
        print("size_budget: build/web is not there; run tools/run --build-only first")
        return 1
    rows, wasm_raw, page_gzip, demand_gzip = [], 0, 0, 0
    for path in sorted(p for p in SITE.rglob("*") if p.is_file()):
        relative = path.relative_to(SITE)
        raw = path.read_bytes()
        packed = len(gzip.compress(raw, 9))
        on_demand = str(relative).startswith(ON_DEMAND)
        counted = relative.parts[0] not in EXTRAS and not on_demand
        if on_demand:
            demand_gzip += packed
        rows.append((str(relative), len(raw), packed, counted))
        if counted:
            page_gzip += packed
        if path.suffix == ".wasm" and not on_demand:
            wasm_raw = max(wasm_raw, len(raw))
    for name, raw, packed, counted in rows:
        print(f"{raw:>10,} {packed:>9,} gz  {name}{'' if counted else '  (not counted)'}")
    print(f"size_budget: wasm {wasm_raw:,} of {WASM_RAW_LIMIT:,} bytes raw; page {page_gzip:,} of {PAGE_GZIP_LIMIT:,} bytes gzipped; "
          f"on demand {demand_gzip:,} of {ON_DEMAND_GZIP_LIMIT:,}")
    if wasm_raw == 0:
        print("size_budget: there is no wasm in build/web")
        return 1
    return 1 if wasm_raw > WASM_RAW_LIMIT or page_gzip > PAGE_GZIP_LIMIT or demand_gzip > ON_DEMAND_GZIP_LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
