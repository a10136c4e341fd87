#!/usr/bin/env python3
"""Puts the page together: shell/, program, fonts and public/ into one folder that any static host can serve.

Every file whose content may change carries a hash of it in its name, because a static host's cache headers cannot be
set; index.html is the only entry that keeps its name (with what public/ brings: example data, icons, manifest). All
addresses are relative. build.json holds the sizes for the progress bar, the build id, and every file with its size.
"""
import argparse
import base64
import gzip
import hashlib
import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile

FONTS = ["inter-regular.ttf", "inter-semibold.ttf", "jetbrains-mono.ttf", "lucide.ttf"]  # order of assay_app_font
SERVICE_WORKER = "sw.js"  # its address must stay the same from build to build
MARK = re.compile(r"@([\w.-]+)@")


def digest(content):
    return hashlib.sha256(content).hexdigest()[:10]


class Site:
    def __init__(self, out):
        self.out = out
        self.names = {}  # source name -> name in the site
        self.files = {}  # name in the site -> content

    def add(self, path, content, hashed=True):
        name = path
        if hashed:
            stem, dot, suffix = path.rpartition(".")
            name = f"{stem}.{digest(content)}{dot}{suffix}"
        self.names[path] = name
        self.files[name] = content
        return name

    def write(self):
        """Writes only what differs, so that a server's and a browser's cache stay warm; removes what is no longer ours."""
        self.out.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            path = self.out / name
            if path.exists() and path.read_bytes() == content:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for path in sorted(self.out.rglob("*"), reverse=True):
            if path.is_file() and path.relative_to(self.out).as_posix() not in self.files:
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()


def add_scripts(site, shell, modules):
    """Each entry with all that it always needs becomes one small file, because a visitor waits for each request; what is
    loaded on demand stays apart. Returns what the page's own entry imports besides."""
    entries = {"boot.js": shell / "boot.js", "convert_worker.js": shell / "convert_worker.js", "fetch_worker.js": shell / "fetch_worker.js",
               "vendor/hyparquet.js": modules / "hyparquet/src/index.js", "vendor/marked.js": modules / "marked/lib/marked.esm.js"}
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder).resolve()
        esbuild(modules, [*(f"{name.removesuffix('.js')}={path}" for name, path in entries.items()), "--bundle", "--splitting",
                          "--entry-names=[dir]/[name].[hash]", "--chunk-names=[name].[hash]", f"--outdir={out}",
                          f"--metafile={out}/parts.json"])
        parts = {(pathlib.Path.cwd() / name).resolve().relative_to(out).as_posix(): part
                 for name, part in json.loads((out / "parts.json").read_text())["outputs"].items()}
        for name in parts:
            site.files[name] = (out / name).read_bytes()
            site.names[re.sub(r"\.[A-Z0-9]{8}\.js$", ".js", name)] = name
    always = [entry["path"] for entry in parts[site.names["boot.js"]]["imports"] if entry["kind"] == "import-statement"]
    return [(pathlib.Path.cwd() / path).resolve().relative_to(out).as_posix() for path in always]


def esbuild(modules, arguments, text=None):
    return subprocess.run(["node", modules / "esbuild/bin/esbuild", *arguments, "--format=esm", "--minify", "--target=es2022",
                           "--legal-comments=none", "--log-level=error"], check=True, input=text, stdout=subprocess.PIPE).stdout


def add_glue(site, modules, name, content):
    return site.add(name, esbuild(modules, ["--loader=js"], content))


def add_service_worker(site, shell, build_id, first):
    """Keeps what a visit needs, then what is loaded on demand; debug symbols and licences stay on the host."""
    later = [name for name in site.files if name not in first and not name.startswith("debug/")
             and name not in ("index.html", "404.html", "build.json", "licenses.html")]
    lists = [["./", *(name for name in first if name != "index.html"), *(name for name in later if "/" not in name and
              name.endswith((".svg", ".png", ".webmanifest")))]]
    lists.append([name for name in later if name not in lists[0]])
    text = fill_marks((shell / SERVICE_WORKER).read_text(encoding="utf-8"), {
        "BUILD_ID": build_id, "FIRST_FILES": json.dumps(lists[0]), "LATER_FILES": json.dumps(lists[1])}, SERVICE_WORKER)
    site.add(SERVICE_WORKER, text.encode(), hashed=False)


def sandbox_hash(shell):
    """Of the script in the frame that shell/script.js makes, as a content security policy names it."""
    text = re.search(r"const FRAME_SCRIPT = `([^`]*)`", (shell / "script.js").read_text(encoding="utf-8")).group(1)
    assert "\\" not in text and "${" not in text, "the frame's script stands as it is"
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def fill_marks(text, values, where):
    def value(match):
        if match.group(1) not in values:
            sys.exit(f"build_site.py: {where} has an unknown mark {match.group(0)}")
        return values[match.group(1)]
    return MARK.sub(value, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shell", type=pathlib.Path, required=True)
    parser.add_argument("--public", type=pathlib.Path, required=True)
    parser.add_argument("--program", type=pathlib.Path, required=True, help="app.mjs; app.wasm lies beside it")
    parser.add_argument("--first", type=pathlib.Path, help="the program's first part, where it is split")
    parser.add_argument("--second", type=pathlib.Path, help="… and the second")
    parser.add_argument("--converter", type=pathlib.Path, required=True, help="converter.mjs; converter.wasm lies beside it")
    parser.add_argument("--modules", type=pathlib.Path, required=True, help="node_modules with hyparquet and marked")
    parser.add_argument("--fonts", type=pathlib.Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()

    site = Site(args.out)
    wasm = (args.first or args.program.with_suffix(".wasm")).read_bytes()
    wasm_name = site.add("app.wasm", wasm)
    second_name = site.add("second.wasm", args.second.read_bytes()) if args.second else ""
    glue_name = add_glue(site, args.modules, "app.mjs", args.program.read_bytes())
    # Names of the program's functions, fetched only for a crash report.
    symbols = {}
    for name, path in ((wasm_name, args.first or args.program), (second_name, args.second)):
        path = path and path.with_name(path.name + ".symbols")
        if path and path.exists():
            symbols[name] = site.add(f"debug/{name.split('.')[0]}.symbols", path.read_bytes())
    fonts = []
    for name in FONTS:
        content = (args.fonts / name).read_bytes()
        fonts.append({"file": site.add(f"fonts/{name}", content), "bytes": len(content)})
    site.add("converter.wasm", args.converter.with_suffix(".wasm").read_bytes())
    add_glue(site, args.modules, "converter.mjs", args.converter.read_bytes())
    always = add_scripts(site, args.shell, args.modules)
    style = fill_marks((args.shell / "app.css").read_text(encoding="utf-8"),
                       {name: site.names[f"fonts/{name}"] for name in FONTS}, "app.css")
    site.add("app.css", style.encode())
    for path in sorted(args.public.rglob("*")) if args.public.is_dir() else []:
        if path.is_file() and path.name != "README.md":
            site.add(path.relative_to(args.public).as_posix(), path.read_bytes(), hashed=False)
    build_id = digest("".join(sorted(site.files)).encode())
    build = {"version": args.version, "id": build_id, "glue": glue_name, "wasm": wasm_name, "wasm_bytes": len(wasm), "second_wasm": second_name,
             "symbols": symbols, "fonts": fonts, "convert_worker": site.names["convert_worker.js"],
             "fetch_worker": site.names["fetch_worker.js"],
             "converter_glue": site.names["converter.mjs"], "converter_wasm": site.names["converter.wasm"],
             "parquet": site.names["vendor/hyparquet.js"], "marked": site.names["vendor/marked.js"]}
    preloads = [f'<link rel="preload" as="fetch" crossorigin href="{name}">' for name in (wasm_name, *(font["file"] for font in fonts))]
    preloads += [f'<link rel="modulepreload" href="{name}">' for name in (*always, glue_name)]
    page = fill_marks((args.shell / "index.html").read_text(encoding="utf-8"), {
        "BUILD": html.escape(json.dumps(build), quote=True), "PRELOADS": "\n".join(preloads),
        "SANDBOX_HASH": sandbox_hash(args.shell), "app.css": site.names["app.css"],
        "boot.js": site.names["boot.js"]}, "index.html")
    site.add("index.html", page.encode(), hashed=False)
    # What a first visit loads; the example and the like come only on demand.
    first = ["index.html", site.names["app.css"], site.names["boot.js"], *always, glue_name, wasm_name,
             *(font["file"] for font in fonts)]
    add_service_worker(site, args.shell, build_id, [*first, second_name] if second_name else first)
    sizes = {name: {"bytes": len(site.files[name]), "gzip_bytes": len(gzip.compress(site.files[name], 9, mtime=0))}
             for name in sorted(site.files)}
    build["files"] = sizes
    build["first_visit_bytes"] = sum(sizes[name]["bytes"] for name in first)
    build["first_visit_gzip_bytes"] = sum(sizes[name]["gzip_bytes"] for name in first)
    site.add("build.json", (json.dumps(build, indent=1) + "\n").encode(), hashed=False)
    site.write()
    print(f"{args.out}: build {build_id}, wasm {len(wasm)} bytes, first visit {build['first_visit_gzip_bytes']} bytes "
          f"gzipped ({build['first_visit_bytes']} raw)")


if __name__ == "__main__":
    main()
