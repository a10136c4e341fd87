#!/usr/bin/env python3
"""Writes OTLP's protobuf form by hand, for tests/golden/convert/protobuf-traces/input.bin.

Use: python3 tests/checks/make_otlp_protobuf.py tests/golden/convert/protobuf-traces/input.bin
Field numbers: opentelemetry-proto, trace/v1/trace.proto, common/v1/common.proto.
"""
import struct
import sys


def varint(value):
    out = b""
    while True:
        byte = value & 0x7F
        value >>= 7
        if value:
            out += bytes([byte | 0x80])
        else:
            return out + bytes([byte])


def number(field, value):
    return varint(field << 3) + varint(value & 0xFFFFFFFFFFFFFFFF)


def fixed64(field, value):
    return varint(field << 3 | 1) + struct.pack("<Q", value)


def fixed32(field, value):
    return varint(field << 3 | 5) + struct.pack("<I", value)


def block(field, data):
    if isinstance(data, str):
        data = data.encode()
    return varint(field << 3 | 2) + varint(len(data)) + data


def any_value(value):
    if isinstance(value, bool):
        return number(2, int(value))
    if isinstance(value, int):
        return number(3, value)
    if isinstance(value, float):
        return varint(4 << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, list):
        return block(5, b"".join(block(1, any_value(v)) for v in value))
    if isinstance(value, dict):
        return block(6, b"".join(block(1, key_value(k, v)) for k, v in value.items()))
    if isinstance(value, bytes):
        return block(7, value)
    return block(1, value)


def key_value(key, value):
    return block(1, key) + block(2, any_value(value))


def attributes(field, values):
    return b"".join(block(field, key_value(k, v)) for k, v in values.items())


def span(trace, own, parent, name, start, end, values, extra=b""):
    return (block(1, trace) + block(2, own) + (block(4, parent) if parent else b"") + block(5, name) + number(6, 1)
            + fixed64(7, start) + (fixed64(8, end) if end else b"") + attributes(9, values) + extra)


def main(path):
    trace = bytes(range(16))
    start = 1_770_000_000_123_456_789
    root = span(trace, b"\x00" * 7 + b"\x01", b"", "ask", start, start + 2_000_000_000, {
        "openinference.span.kind": "CHAIN", "session.id": "s-1", "input.value": "How high?", "output.value": "8849 m",
        "deep": {"list": [1, -2, 2.5, True, {"k": "v"}], "bytes": b"\x00\xff"}},
        block(3, "vendor=1") + fixed32(16, 257)
        + block(11, fixed64(1, start + 5) + block(2, "exception") + attributes(3, {"exception.message": "retry"}))
        + block(13, block(1, bytes(16)) + block(2, b"\x00" * 7 + b"\x09") + attributes(4, {"why": "copy"}))
        + block(15, number(3, 1)))
    model = span(trace, b"\x00" * 7 + b"\x02", b"\x00" * 7 + b"\x01", "chat", start + 1000, start + 900_000_000, {
        "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 9,
        "gen_ai.usage.output_tokens": 3, "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"How high?"}]}]'},
        block(15, block(2, "too slow") + number(3, 2)))
    running = span(bytes(range(1, 17)), b"\x11" * 8, b"", "unfinished \u00e9", start, 0, {})
    resource = block(1, attributes(1, {"service.name": "height", "service.version": "1"}))
    scope = block(1, block(1, "tracer") + block(2, "0.1"))
    first = resource + block(2, scope + block(2, root) + block(2, model)) + block(3, "https://example.org/schema")
    second = block(1, b"") + block(2, block(2, running))
    with open(path, "wb") as file:
        file.write(block(1, first) + block(1, second) + number(77, 5))


main(sys.argv[1])
