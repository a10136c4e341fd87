#!/usr/bin/env python3
"""Writes MLflow trace JSON Lines of any size, the same for the same seed.

The traces look like those of an assistant: an AGENT root, a RETRIEVER with documents, a CHAT_MODEL call
with messages and token usage, sometimes a TOOL and an exception; assessments on some; text in several
scripts on some. Sizes: --traces N, or --mb N (the file ends with the trace that passes N * 10^6 bytes).
"""
import argparse
import base64
import json
import random
import sys

NAMES = ["answer_question", "draft_email", "summarise_ticket", "plan_trip", "review_contract", "route_request"]
WORDS = ("the customer asked about invoice delivery and our agent offered a demo of enterprise features while "
         "support checked open tickets order shipment refund policy contract renewal next week meeting notes "
         "pricing discount follow up product integration error timeout deadline account manager report").split()
PHRASES = ["更新日：2026年", "Größe und Maße geprüft", "продлить договор", "良い👍", "naïve café", "مرحبا", "데모 일정"]
MODELS = ["gpt-4o-mini", "gpt-4o", "claude-sonnet", "llama-3.1-70b"]
START_NS = 1_795_500_000_000_000_000


def text(rng, words, unicode):
    out = [rng.choice(WORDS) for _ in range(max(1, words))]
    if unicode:
        out.insert(rng.randrange(len(out)), rng.choice(PHRASES))
    return " ".join(out)


def b64(rng, size):
    return base64.b64encode(rng.getrandbits(size * 8 - 1).to_bytes(size, "big")).decode()


def rfc3339(ms):
    days, rest = divmod(ms, 86_400_000)
    year = 1970
    while True:
        length = 366 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 365
        if days < length:
            break
        days -= length
        year += 1
    months = [31, 29 if length == 366 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    month = 0
    while days >= months[month]:
        days -= months[month]
        month += 1
    return (f"{year:04}-{month + 1:02}-{days + 1:02}T{rest // 3_600_000:02}:{rest // 60_000 % 60:02}:"
            f"{rest // 1000 % 60:02}.{rest % 1000:03}Z")


def body(rng, kind, unicode):
    """Inputs, outputs and further attributes of a span."""
    if kind == "RETRIEVER":
        documents = [{"page_content": text(rng, rng.randint(30, 150), unicode),
                      "metadata": {"doc_uri": f"crm://{rng.randint(1, 999)}", "chunk_id": str(i)}}
                     for i in range(rng.randint(1, 4))]
        return {"query": text(rng, 6, False)}, documents, {}
    if kind in ("CHAT_MODEL", "LLM"):
        model = rng.choice(MODELS)
        inputs = {"model": model, "messages": [
            {"role": "system", "content": "You write for a small company. Be brief."},
            {"role": "user", "content": text(rng, rng.randint(40, 300), unicode)}]}
        used = {"input_tokens": rng.randint(50, 4000), "output_tokens": rng.randint(5, 600)}
        used["total_tokens"] = used["input_tokens"] + used["output_tokens"]
        outputs = {"choices": [{"index": 0, "finish_reason": "stop", "message": {
            "role": "assistant", "content": text(rng, rng.randint(20, 200), unicode) + "\n\"quoted\" \\ done"}}]}
        return inputs, outputs, {"mlflow.chat.tokenUsage": used, "mlflow.llm.model": model}
    if kind == "TOOL":
        return {"name": "lookup", "args": {"id": rng.randint(1, 9999)}}, {"found": rng.random() < 0.8}, {}
    return ({"customer_name": text(rng, 2, unicode), "user_instructions": text(rng, rng.randint(5, 40), unicode)},
            {"answer": text(rng, rng.randint(20, 120), unicode)}, {})


def make_span(rng, trace_hex, trace_b64, span_id, parent, name, kind, start, end, failed, unicode):
    inputs, outputs, extra = body(rng, kind, unicode)
    attributes = {"mlflow.traceRequestId": "tr-" + trace_hex, "mlflow.spanType": kind, "mlflow.spanInputs": inputs}
    if not failed:
        attributes["mlflow.spanOutputs"] = outputs
    attributes.update(extra)
    events = []
    if failed:
        events.append({"name": "exception", "time_unix_nano": end, "attributes": {
            "exception.message": "deadline exceeded", "exception.type": "TimeoutError",
            "exception.stacktrace": "Traceback (most recent call last):\n  File \"app.py\", line 7\nTimeoutError"}})
    return {"trace_id": trace_b64, "span_id": span_id, "parent_span_id": parent, "name": name,
            "start_time_unix_nano": start, "end_time_unix_nano": end, "events": events,
            "status": {"code": "STATUS_CODE_ERROR" if failed else "STATUS_CODE_OK",
                       "message": "deadline exceeded" if failed else ""},
            "attributes": {key: json.dumps(value) for key, value in attributes.items()}}, attributes


def make_assessments(rng, trace_id, when):
    out = []
    for name, values in (("follows_objective", ["yes", "no"]), ("concise_communication", ["yes", "no"]),
                         ("score", [1.0, 2.0, 3.0, 4.0, 5.0]), ("is_correct", [True, False])):
        if rng.random() < 0.5:
            continue
        human = rng.random() < 0.3
        out.append({"assessment_id": f"a-{rng.getrandbits(128):032x}", "assessment_name": name, "trace_id": trace_id,
                    "source": {"source_type": "HUMAN" if human else "LLM_JUDGE",
                               "source_id": "ann@example.com" if human else "openai:/gpt-4o-mini"},
                    "create_time": when, "last_update_time": when, "feedback": {"value": rng.choice(values)},
                    "rationale": text(rng, 14, False), "valid": True})
    if rng.random() < 0.2:
        out.append({"assessment_id": f"a-{rng.getrandbits(128):032x}", "assessment_name": "expected_facts",
                    "trace_id": trace_id, "source": {"source_type": "HUMAN", "source_id": "ann@example.com"},
                    "create_time": when, "last_update_time": when, "expectation": {"serialized_value": {
                        "serialization_format": "JSON_FORMAT", "value": json.dumps([text(rng, 4, False)])}}})
    return out


def make_trace(rng, number, spans_per_trace, tiny=False):
    raw = rng.getrandbits(128).to_bytes(16, "big")
    trace_hex, trace_b64, trace_id = raw.hex(), base64.b64encode(raw).decode(), "tr-" + raw.hex()
    name = rng.choice(NAMES)
    unicode = rng.random() < 0.25
    failed = rng.random() < 0.06
    in_progress = not failed and rng.random() < 0.01
    duration_ms = int(min(120_000, 40 + rng.expovariate(1 / 2500)))
    request_ms = START_NS // 1_000_000 + number * 7_321 + rng.randint(0, 5000)
    start, end = request_ms * 1_000_000 + rng.randint(0, 999_999), (request_ms + duration_ms) * 1_000_000
    count = spans_per_trace or rng.randint(3, 7)
    root = b64(rng, 8)
    span, attributes = make_span(rng, trace_hex, trace_b64, root, None, name, "AGENT", start, end, failed, unicode)
    spans, used = [span], {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    step = max(1, (end - start) // max(1, count))
    parents = [root]
    for i in range(1, count):
        kind = "TOOL" if tiny else ("RETRIEVER", "CHAT_MODEL", "TOOL", "CHAIN", "LLM")[(i - 1) % 5]
        span_id = b64(rng, 8)
        child, child_attributes = make_span(rng, trace_hex, trace_b64, span_id, rng.choice(parents[-3:]),
                                            kind.lower() + "_step", kind, start + step * (i - 1), start + step * i,
                                            failed and i == count - 1, unicode)
        spans.append(child)
        parents.append(span_id)
        for key, value in child_attributes.get("mlflow.chat.tokenUsage", {}).items():
            used[key] += value
    request, response = json.dumps(attributes["mlflow.spanInputs"]), json.dumps(attributes.get("mlflow.spanOutputs"))
    metadata = {"mlflow.trace_schema.version": "3", "mlflow.source.name": "assistant.py",
                "mlflow.traceInputs": request[:250], "mlflow.traceOutputs": response[:250],
                "mlflow.trace.session": f"session-{rng.randint(1, 400)}", "mlflow.trace.user": f"u{rng.randint(1, 60)}"}
    if used["total_tokens"]:
        metadata["mlflow.trace.tokenUsage"] = json.dumps(used)
        metadata["mlflow.trace.cost"] = json.dumps({"input_cost": used["input_tokens"] * 2.5e-6,
                                                    "output_cost": used["output_tokens"] * 1e-5,
                                                    "total_cost": used["input_tokens"] * 2.5e-6
                                                    + used["output_tokens"] * 1e-5})
    info = {"trace_id": trace_id,
            "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}},
            "request_time": rfc3339(request_ms),
            "state": "ERROR" if failed else "IN_PROGRESS" if in_progress else "OK", "trace_metadata": metadata,
            "tags": {"mlflow.traceName": name, "environment": rng.choice(["prod", "staging", "dev"])},
            "request_preview": request[:1000]}
    if not failed:
        info["response_preview"] = response[:1000]
    if not in_progress:
        info["execution_duration_ms"] = duration_ms
    if rng.random() < 0.4:
        info["assessments"] = make_assessments(rng, trace_id, rfc3339(request_ms + 60_000))
    return {"info": info, "data": {"spans": spans}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=int, help="number of traces (default 100 unless --mb is given)")
    parser.add_argument("--mb", type=float, help="size in 10^6 bytes")
    parser.add_argument("--spans-per-trace", type=int, default=0, help="spans of each trace (default: 3 to 7)")
    parser.add_argument("--tiny", action="store_true", help="all spans but the roots are small (some 600 bytes)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="-", help="file to write (default: standard output)")
    args = parser.parse_args()
    if args.traces is None and args.mb is None:
        args.traces = 100
    rng = random.Random(args.seed)
    out = sys.stdout.buffer if args.out == "-" else open(args.out, "wb")
    written = number = 0
    while (args.traces is None or number < args.traces) and (args.mb is None or written < args.mb * 1e6):
        line = (json.dumps(make_trace(rng, number, args.spans_per_trace, args.tiny)) + "\n").encode()
        out.write(line)
        written += len(line)
        number += 1
    out.flush()
    if out is not sys.stdout.buffer:
        out.close()
        print(f"{args.out}: {number} traces, {written} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
