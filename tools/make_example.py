#!/usr/bin/env python3
"""Writes public/example/crm-email-assistant.jsonl: the example set of the page.

Seven requests to an e-mail assistant over a small CRM with three customers. Deterministic: the same
file each time. What the answers show: two are good, two are far too long, one ignores what was asked,
one states things that no document holds, one failed.
"""
import base64
import hashlib
import json
import pathlib

OUT = pathlib.Path(__file__).resolve().parents[1] / "public/example/crm-email-assistant.jsonl"
START_NS = 1795424400_000_000_000  # 2026-11-23T09:00:00Z
MODEL = "mail-writer-small"

DOCUMENTS = {
    "northwind-notes": ("crm://accounts/northwind-robotics/notes",
        "Northwind Robotics, 1,200 employees, enterprise lead. Product demo on 19 November with Dana Whitfield "
        "(VP Operations) and Ravi Menon (IT security). They liked the audit log. Open question: single sign-on "
        "with their own identity provider. Budget decision in the second week of December."),
    "northwind-demo": ("crm://accounts/northwind-robotics/demo-2026-11-19",
        "Demo summary: import of 40,000 work orders took under a minute. Ravi asked for the security white paper "
        "and the data-residency options (EU only). Dana asked for a quote for 300 seats."),
    "security-paper": ("kb://security/white-paper-2026",
        "White paper 2026: single sign-on by SAML 2.0 and OpenID Connect is part of the Enterprise plan. Data can "
        "be kept in the EU region. Audit logs are kept for 400 days."),
    "harbor-tickets": ("crm://accounts/harbor-foods/tickets",
        "Harbor Foods has two open tickets. #4812 (high): the nightly export fails since 17 November with a time-out; "
        "engineering found the cause, the fix ships on 26 November. #4830 (low): the invoice shows an old address."),
    "harbor-notes": ("crm://accounts/harbor-foods/notes",
        "Harbor Foods, 85 employees, Team plan, renews on 31 January. Contact: Lucía Ortega, operations lead. She "
        "prefers short e-mails and plain words."),
    "bluebird-notes": ("crm://accounts/bluebird-clinic/notes",
        "Bluebird Clinic, 30 employees, customer for three years, rated us 9 of 10 in October. Contact: Dr. Amara "
        "Osei. Uses scheduling and reminders; missed appointments fell from 11 % to 6 %."),
    "bluebird-usage": ("crm://accounts/bluebird-clinic/usage",
        "Usage in October: 28 of 30 seats active, 2,140 reminders sent. The waiting-list feature is switched off."),
}

LONG_PADDING = (
    "First of all, I would like to take this opportunity to express, on behalf of the whole team and also quite "
    "personally, how very much we appreciate the time that you have so generously set aside. As you will certainly "
    "remember, the journey that brings a product like ours to life has many chapters, and in each of these chapters "
    "we have learned that listening is the beginning of everything. With that in mind, allow me to walk you once "
    "more through the background, the context, the considerations and the options, so that nothing is left unsaid. ")

REQUESTS = [
    dict(name="generate_email", customer="Northwind Robotics", contact="Dana Whitfield", session="s-northwind",
         user="maya.k", objective="Follow up after the product demo and answer the open security question",
         documents=["northwind-notes", "northwind-demo", "security-paper"], model_ms=1840, tokens=(612, 148),
         output="Subject: Your questions from Thursday's demo\n\nHello Dana,\n\nThank you and Ravi for your time on "
                "19 November. Two answers to what was left open: single sign-on through your own identity provider "
                "(SAML 2.0 or OpenID Connect) is part of the Enterprise plan, and your data can stay in the EU "
                "region. The security white paper is attached for Ravi, with the quote for 300 seats.\n\nWould "
                "Tuesday at 10:00 suit you to go through both before your budget decision?\n\nBest regards\nMaya"),
    dict(name="generate_email", customer="Northwind Robotics", contact="Ravi Menon", session="s-northwind",
         user="maya.k", objective="Send the security white paper in three sentences at most",
         documents=["security-paper", "northwind-demo"], model_ms=4210, tokens=(598, 611),
         output="Subject: White paper\n\nDear Mr. Menon,\n\n" + LONG_PADDING * 3 +
                "The white paper that you asked for is attached; it covers single sign-on, data residency and the "
                "audit log.\n\nWith the very kindest regards\nMaya"),
    dict(name="generate_email", customer="Harbor Foods", contact="Lucía Ortega", session="s-harbor",
         user="tom.b", objective="Tell the customer when the failing nightly export will work again",
         documents=["harbor-tickets", "harbor-notes"], model_ms=1320, tokens=(430, 96),
         output="Subject: Ticket 4812: fix on 26 November\n\nHello Lucía,\n\nthe cause of the failing nightly export "
                "is found. The fix ships on 26 November; until then we run the export by hand each morning at "
                "7:00 and send you the file. Sorry for the trouble.\n\nTom"),
    dict(name="generate_email", customer="Harbor Foods", contact="Lucía Ortega", session="s-harbor",
         user="tom.b", objective="Apologise for the wrong address on the invoice and confirm the correction",
         documents=["harbor-tickets", "harbor-notes"], model_ms=1505, tokens=(441, 139),
         output="Subject: Great news about our new Analytics add-on!\n\nHi Lucía!!\n\nHave you heard? Analytics Plus "
                "is here and customers love it. Upgrade before Friday and save 20 %! With dashboards, forecasts and "
                "a brand-new mobile app your team will never look back. Just answer YES and I'll set it all up.\n\n"
                "Cheers,\nTom",
         feedback=("customer_replied", False, "Lucía answered that she still waits for the corrected invoice.")),
    dict(name="generate_email", customer="Bluebird Clinic", contact="Dr. Amara Osei", session="s-bluebird",
         user="maya.k", objective="Ask for a short quote for our website",
         documents=["bluebird-notes", "bluebird-usage"], model_ms=1610, tokens=(395, 133),
         output="Subject: May we quote you?\n\nDear Dr. Osei,\n\nsince you joined us five years ago, Bluebird Clinic "
                "has cut missed appointments by 80 % and saved 200,000 euros, and you were named Clinic of the Year "
                "2026. Would you give us two sentences about it for our website?\n\nKind regards\nMaya"),
    dict(name="generate_email", customer="Bluebird Clinic", contact="Dr. Amara Osei", session="s-bluebird",
         user="maya.k", objective="Suggest the waiting-list feature that is switched off",
         documents=["bluebird-usage"], model_ms=30000, tokens=(372, 0), output=None,
         error=("TimeoutError", "The model gave no answer within 30 s")),
    dict(name="generate_email", customer="Bluebird Clinic", contact="Dr. Amara Osei", session="s-bluebird",
         user="tom.b", objective="Just check in",
         documents=["bluebird-notes"], model_ms=3655, tokens=(351, 420),
         output="Subject: Checking in\n\nDear Dr. Osei,\n\n" + LONG_PADDING * 2 +
                "In short: is there anything that we can do for you?\n\nKind regards\nTom"),
]


def digest(*parts):
    return hashlib.sha256("|".join(parts).encode()).digest()


def span(trace_bytes, number, parent, name, kind, start_ns, end_ns, inputs, outputs, extra=None, error=None):
    own = digest("span", trace_bytes.hex(), str(number))[:8]
    attributes = {
        "mlflow.traceRequestId": json.dumps("tr-" + trace_bytes.hex()),
        "mlflow.spanType": json.dumps(kind),
        "mlflow.spanInputs": json.dumps(inputs, ensure_ascii=False),
    }
    if outputs is not None:
        attributes["mlflow.spanOutputs"] = json.dumps(outputs, ensure_ascii=False)
    for key, value in (extra or {}).items():
        attributes[key] = json.dumps(value, ensure_ascii=False)
    events = []
    if error:
        events.append({"name": "exception", "time_unix_nano": end_ns, "attributes": {
            "exception.message": error[1], "exception.type": error[0],
            "exception.stacktrace": f'Traceback (most recent call last):\n  File "/app/mail.py", line 58, in generate\n'
                                    f"    reply = client.chat(messages, timeout=30)\n{error[0]}: {error[1]}"}})
    status = {"code": "STATUS_CODE_ERROR", "message": f"{error[0]}: {error[1]}"} if error else \
        {"code": "STATUS_CODE_OK", "message": ""}
    return own, {
        "trace_id": base64.b64encode(trace_bytes).decode(), "span_id": base64.b64encode(own).decode(),
        "parent_span_id": base64.b64encode(parent).decode() if parent else None, "name": name,
        "start_time_unix_nano": start_ns, "end_time_unix_nano": end_ns, "events": events, "status": status,
        "attributes": attributes}


def trace(index, request):
    trace_bytes = digest("trace", str(index))[:16]
    trace_id = "tr-" + trace_bytes.hex()
    start = START_NS + index * 754_000_000_000 + 310_000_000
    retrieve_end = start + 42_000_000 + index * 3_000_000
    model_end = retrieve_end + request["model_ms"] * 1_000_000
    end = model_end + 2_000_000
    inputs = {"customer": request["customer"], "contact": request["contact"], "objective": request["objective"]}
    documents = [{"page_content": DOCUMENTS[key][1], "metadata": {"doc_uri": DOCUMENTS[key][0]},
                  "id": key} for key in request["documents"]]
    messages = [
        {"role": "system", "content": "You write short, friendly and professional e-mails to our customers. Use only the "
                                      "facts in the notes."},
        {"role": "user", "content": f"Objective: {request['objective']}\nCustomer: {request['customer']} "
                                    f"({request['contact']})\n\nNotes:\n" +
                                    "\n".join("- " + d["page_content"] for d in documents)}]
    error = request.get("error")
    usage = {"input_tokens": request["tokens"][0], "output_tokens": request["tokens"][1],
             "total_tokens": sum(request["tokens"])}
    answer = None if error else {"email": request["output"]}
    completion = None if error else {"role": "assistant", "content": request["output"]}
    root_id, root = span(trace_bytes, 0, None, request["name"], "AGENT", start, end, inputs, answer, error=error)
    _, retrieve = span(trace_bytes, 1, root_id, "search_crm", "RETRIEVER", start + 1_000_000, retrieve_end,
                       {"query": f"{request['customer']}: {request['objective']}", "top_k": 3}, documents)
    model_extra = {"mlflow.llm.model": MODEL, "mlflow.chat.tokenUsage": usage} if not error else {"mlflow.llm.model": MODEL}
    _, model = span(trace_bytes, 2, root_id, "chat_model", "CHAT_MODEL", retrieve_end + 500_000, model_end,
                    {"messages": messages, "model": MODEL, "temperature": 0.3}, completion, model_extra, error)
    metadata = {"mlflow.trace.session": request["session"], "mlflow.trace.user": request["user"],
                "mlflow.trace_schema.version": "3",
                "mlflow.traceInputs": json.dumps(inputs, ensure_ascii=False)[:250]}
    if not error:
        metadata["mlflow.trace.tokenUsage"] = json.dumps(usage)
        metadata["mlflow.traceOutputs"] = json.dumps(answer, ensure_ascii=False)[:250]
    info = {
        "trace_id": trace_id,
        "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}},
        "request_time": rfc3339(start), "state": "ERROR" if error else "OK", "trace_metadata": metadata,
        "tags": {"mlflow.traceName": request["name"], "environment": "production"},
        "request_preview": json.dumps(inputs, ensure_ascii=False),
        "execution_duration_ms": (end - start) // 1_000_000}
    if not error:
        info["response_preview"] = preview(json.dumps(answer, ensure_ascii=False))
    if "feedback" in request:
        name, value, rationale = request["feedback"]
        info["assessments"] = [{
            "assessment_id": "a-" + digest("assessment", trace_id, name)[:16].hex(), "assessment_name": name,
            "trace_id": trace_id, "source": {"source_type": "HUMAN", "source_id": "tom.b"},
            "create_time": rfc3339(end + 86_400_000_000_000), "last_update_time": rfc3339(end + 86_400_000_000_000),
            "feedback": {"value": value}, "rationale": rationale, "valid": True}]
    return {"info": info, "data": {"spans": [root, retrieve, model]}}


def preview(text):
    return text if len(text) <= 1000 else text[:997] + "..."


def rfc3339(time_ns):
    import datetime
    moment = datetime.datetime.fromtimestamp(time_ns // 1_000_000_000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{time_ns // 1_000_000 % 1000:03d}Z"


def main():
    OUT.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(trace(i, request), ensure_ascii=False) for i, request in enumerate(REQUESTS)]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{OUT}: {len(lines)} traces, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
