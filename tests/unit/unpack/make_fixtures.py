#!/usr/bin/env python3
"""Writes fixtures.txt: small packed files for the tests of core/unpack, made by the usual packers, as base64.

  python3 tests/unit/unpack/make_fixtures.py            (needs the commands gzip, zstd and zip)

Each fixture is a line "name" followed by indented base64. All hold the same few lines of JSON (lines.jsonl), which
the tests make again in C++. Written with Python 3.11, gzip 1.12, zstd 1.5.4 and zip 3.0. Broken files are made of
these by the tests themselves.
"""
import base64
import gzip
import io
import os
import struct
import subprocess
import tarfile
import tempfile
import textwrap
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
LINES = "".join('{"trace_id": "tr-%04d", "text": "the quick brown fox %d"}\n' % (i * 7919, i * i) for i in range(12)).encode()
OTHER = b'[{"a": 1}, {"a": 2}]\n'
WHEN = (2026, 1, 2, 3, 4, 6)


def run(*command, data=b"", cwd=None):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True, cwd=cwd).stdout


def zip_of(entries, method=zipfile.ZIP_DEFLATED, stream=False, zip64=False):
    class NoSeek(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *_):
            raise io.UnsupportedOperation

        def tell(self):
            raise io.UnsupportedOperation

    out = NoSeek() if stream else io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_STORED if name.endswith((".gz", ".zip", "/")) else method
            with archive.open(info, "w", force_zip64=zip64) as file:
                file.write(data)
    return out.getvalue()


def zip_zstd(name, data):
    """One entry with method 93: Python's zipfile has it from 3.14 on only."""
    packed, raw, crc = run("zstd", "-q", "-19", "-c", data=data), name.encode(), zlib.crc32(data)
    common = struct.pack("<HHHHHIIIHH", 63, 0x800, 93, 0x1883, 0x5C22, crc, len(packed), len(data), len(raw), 0)
    local = b"PK\3\4" + common + raw + packed
    entry = b"PK\1\2" + struct.pack("<H", 63) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + raw
    return local + entry + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(local), 0)


def tar_of(form, entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in entries:
            info = tarfile.TarInfo(name)
            info.mtime = 1767322986
            if data is None:
                info.type = tarfile.DIRTYPE
                archive.addfile(info)
            else:
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.jsonl")
        link.type, link.linkname = tarfile.SYMTYPE, "lines.jsonl"
        archive.addfile(link)
    return out.getvalue()


def gzip_of(data):
    return gzip.compress(data, 9, mtime=0)


def command_line_fixtures(fixtures):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lines.jsonl")
        with open(path, "wb") as file:
            file.write(LINES)
        os.utime(path, (1767322986, 1767322986))
        fixtures["named.gz"] = run("gzip", "-9", "-c", path)  # has the file's name in its header
        run("zip", "-q", "-X", "-P", "secret", "secret.zip", "lines.jsonl", cwd=folder)
        with open(os.path.join(folder, "secret.zip"), "rb") as file:
            fixtures["secret.zip"] = file.read()
        fixtures["piped.zip"] = run("zip", "-q", "-X", "-", "lines.jsonl", cwd=folder)
        for i in range(300):
            with open(os.path.join(folder, "sample%d" % i), "wb") as file:
                file.write(b'{"trace_id": "tr-%d", "state": "OK", "sample": %d}\n' % (i * 7919, i) * 4)
        run("zstd", "-q", "--train", *("sample%d" % i for i in range(300)), "--maxdict=1024", "-o", "dictionary", cwd=folder)
        fixtures["dictionary.zst"] = run("zstd", "-q", "-c", "-D", "dictionary", "lines.jsonl", cwd=folder)


def main():
    inner = zip_of([("lines.jsonl", LINES), ("other.json", OTHER)])
    fixtures = {
        "one.gz": gzip_of(LINES),
        "header.gz": b"\x1f\x8b\x08\x1e" + bytes(6) + b"\x03\x00abc" + b"name.txt\x00a comment\x00",
        "one.zst": run("zstd", "-q", "-19", "-c", data=LINES),
        "empty.gz": gzip_of(b""),
        "empty.zst": run("zstd", "-q", "-c", data=b""),
        "long.zst": run("zstd", "-q", "--ultra", "--long=30", "-c", data=LINES),
        "plain.zip": zip_of([("lines.jsonl", LINES), ("folder/", b""), ("folder/other.json", OTHER), (".hidden.json", OTHER),
                             ("__MACOSX/._lines.jsonl", OTHER), ("empty.json", b"")]),
        "streamed.zip": zip_of([("lines.jsonl", LINES), ("other.json", OTHER)], stream=True),
        "zip64.zip": zip_of([("lines.jsonl", LINES), ("other.json", OTHER)], zip64=True),
        "stored.zip": zip_of([("lines.jsonl", LINES), ("other.json", OTHER)], zipfile.ZIP_STORED),
        "empty.zip": zip_of([]),
        "zstd.zip": zip_zstd("lines.jsonl", LINES),
        "bzip2.zip": zip_of([("lines.jsonl", LINES), ("other.json", OTHER)], zipfile.ZIP_BZIP2),
        "nested.zip": zip_of([("lines.jsonl.gz", gzip_of(LINES)), ("inner.zip", inner), ("other.json", OTHER)]),
        "deep.zip": zip_of([("a.zip", zip_of([("b.zip", zip_of([("c.jsonl.gz", gzip_of(LINES)), ("other.json", OTHER)]))]))]),
    }
    head = fixtures["header.gz"]
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    fixtures["header.gz"] = (head + struct.pack("<H", zlib.crc32(head) & 0xFFFF) + deflate.compress(LINES) + deflate.flush() +
                             struct.pack("<II", zlib.crc32(LINES), len(LINES)))
    long_name = "a/" * 60 + "deep-" + "x" * 80 + ".jsonl"
    tar_entries = [("./lines.jsonl", LINES), ("folder", None), ("folder/other.json", OTHER), ("._lines.jsonl", OTHER),
                   (long_name, OTHER), ("empty.json", b"")]
    fixtures["ustar.tgz"] = gzip_of(tar_of(tarfile.USTAR_FORMAT, [e for e in tar_entries if e[0] != long_name]))
    fixtures["pax.tgz"] = gzip_of(tar_of(tarfile.PAX_FORMAT, tar_entries))
    fixtures["gnu.tar.zst"] = run("zstd", "-q", "-19", "-c", data=tar_of(tarfile.GNU_FORMAT, tar_entries))
    command_line_fixtures(fixtures)
    with open(os.path.join(HERE, "fixtures.txt"), "w", encoding="ascii") as file:
        for name in sorted(fixtures):
            file.write(name + "\n")
            for line in textwrap.wrap(base64.b64encode(fixtures[name]).decode(), 100):
                file.write("  " + line + "\n")


if __name__ == "__main__":
    main()
