#!/usr/bin/env python3
"""Loads Trace JSON Lines in MLflow itself and says what MLflow makes of them.

    assay convert FILE... --to mlflow --out traces.jsonl
    pip install mlflow            # or mlflow-skinny, mlflow-tracing
    python3 tests/checks/load_in_mlflow.py traces.jsonl

Every line goes through Trace.from_json(), is read as mlflow.search_traces() reads it, written again with
to_json() and compared with the line: every member, every nanosecond, every digit. Some things MLflow changes in
any trace when it writes it; those are counted apart, with the reason. Exit status: 0 all loaded and nothing is
lost, 1 a trace is refused or comes back different, 2 a file cannot be read, 77 there is no MLflow to import.
"""

import collections
import decimal
import json
import re
import sys

KEPT_METADATA_CHARS = 250  # MLflow cuts values of trace_metadata at this length, …
KEPT_TAG_CHARS = 4096      # … and those of tags at this one
MISSING = object()
TAKEN_FOR_GRANTED = re.compile(r"\.(attributes|events|message|parent_span_id|valid)$")
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")


def parsed(text):
    return json.loads(text, parse_float=decimal.Decimal)


def differences(before, after, path=""):
    """Yields (path, before, after) where two JSON values differ; 5 and 5.0 are one number."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in list(before) + [key for key in after if key not in before]:
            yield from differences(before.get(key, MISSING), after.get(key, MISSING), f"{path}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (b, a) in enumerate(zip(before, after)):
            yield from differences(b, a, f"{path}[{i}]")
    elif isinstance(before, bool) != isinstance(after, bool) or before != after:
        yield path, before, after


def milliseconds(time):
    found = TIME.fullmatch(time) if isinstance(time, str) else None
    return found and (found[1], (found[2] or "").ljust(3, "0")[:3])


def reason_of_mlflow(path, before, after):
    """Why MLflow changes this in any trace; None where it has no such reason."""
    if path.endswith("_time") and milliseconds(before) and milliseconds(before) == milliseconds(after):
        return "MLflow keeps times of traces and assessments to the millisecond"
    if before is MISSING and path.endswith("].links") and after == []:
        return "MLflow 3.14 and newer write the links of a span even where there are none"
    if after is MISSING and before in (None, "", [], {}):
        return "MLflow leaves out what is empty"
    if before in (MISSING, "") and after in (None, "", [], {}, True) and TAKEN_FOR_GRANTED.search(path):
        return "MLflow writes out what it takes for granted"
    if path in (".data.request", ".data.response") and after is MISSING:
        return "MLflow 3 has no request and response beside the spans; they are those of the root span"
    if path.endswith("].valid") and before is True and after is MISSING:
        return "MLflow has valid with feedback only"
    if path.endswith("].end_time_unix_nano") and before == 0 and after is None:
        return "to MLflow a span that ended at an unknown time (0) has no end"
    if path.endswith(".serialized_value.value") and json.loads(before) == json.loads(after):
        return "MLflow puts its own spaces in the JSON text of an expectation"
    if isinstance(before, str) and isinstance(after, str) and before.startswith(after):
        if path.startswith(".info.trace_metadata.") and len(after) == KEPT_METADATA_CHARS:
            return f"MLflow writes {KEPT_METADATA_CHARS} characters of a metadata value; a loaded trace has them all"
        if path.startswith(".info.tags.") and len(after) == KEPT_TAG_CHARS:
            return f"MLflow writes {KEPT_TAG_CHARS} characters of a tag; a loaded trace has them all"
    if path.endswith(".status.message") and after == "":
        return "OpenTelemetry keeps the message of a status for errors only"
    return None


def shown(value):
    text = "(nothing)" if value is MISSING else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


class Report:
    def __init__(self):
        self.lines = self.loaded = self.spans = self.assessments = 0
        self.problems = []                       # refusals and differences, one text each
        self.reasons = collections.Counter()     # MLflow's own changes

    def check(self, place, line, Trace):
        self.lines += 1
        try:
            trace = Trace.from_json(line)
            trace.to_pandas_dataframe_row()
            after = parsed(trace.to_json())
        except Exception as error:
            cause = error.__cause__ or error
            self.problems.append(f"{place}: MLflow refuses it: {error} ({type(cause).__name__}: {cause})")
            return
        self.loaded += 1
        self.spans += len(trace.data.spans)
        self.assessments += len(trace.info.assessments)
        for path, b, a in differences(parsed(line), after):
            reason = reason_of_mlflow(path, b, a)
            if reason:
                self.reasons[reason] += 1
            else:
                self.problems.append(f"{place}: {path} was {shown(b)} and comes back as {shown(a)}")

    def print(self, name, limit=20):
        print(f"{name}: {self.loaded} of {self.lines} traces loaded, {self.spans} spans, "
              f"{self.assessments} assessments, {len(self.problems)} problems")
        for text in self.problems[:limit]:
            print(f"  {text}")
        if len(self.problems) > limit:
            print(f"  … and {len(self.problems) - limit} more")
        for reason, count in self.reasons.most_common():
            print(f"  {count} x {reason}")


def main(names):
    if not names or names[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if names else 2
    try:
        import mlflow
        from mlflow.entities import Trace
    except ImportError as error:
        print(f"skipped: MLflow cannot be imported ({error}); install it with: pip install mlflow")
        return 77
    print(f"MLflow {mlflow.__version__}")
    failed = False
    for name in names:
        report = Report()
        try:
            with open(name, encoding="utf-8", newline="\n") as file:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        report.check(f"line {number}", line, Trace)
        except (OSError, UnicodeDecodeError) as error:
            print(f"{name}: cannot be read: {error}")
            return 2
        report.print(name)
        failed = failed or bool(report.problems) or report.lines == 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
