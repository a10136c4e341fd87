#include "core/convert/helicone.h"

#include "core/convert/encodings.h"
#include "core/convert/reading.h"

namespace assay::convert {
namespace {

constexpr std::string_view kPrefix = "helicone.";

bool matches(json::Node record) {
  return record["request_id"].is_string() &&
         (record["request_body"].present() || record["response_body"].present());
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    CanonicalTrace trace;
    trace.id = record["request_id"].text();
    trace.source_format = context.format;
    const Unwrapped request(record["request_body"]), response(record["response_body"]);
    const Unwrapped properties(first_of(record, {"properties", "request_properties"}));
    trace.user = first_text_of(record, {"request_user_id", "user_id", "user"});
    trace.session = first_text_of(properties.node, {"Helicone-Session-Id", "helicone-session-id"});
    if (trace.user.empty()) trace.user = first_text_of(properties.node, {"Helicone-User-Id"});
    trace.name = first_text_of(properties.node, {"Helicone-Session-Name"});
    keep_rest(properties.node, " Helicone-Session-Id helicone-session-id Helicone-User-Id ",
              "helicone.property.", trace.metadata);

    CanonicalSpan& span = trace.spans.emplace_back();
    span.id = trace.id + "/0";
    span.start_ns = time_member(context, record, {"request_created_at", "created_at"});
    span.end_ns = time_member(context, record, {"response_created_at"});
    const auto latency_ms = first_of(record, {"delay_ms", "latency_ms", "latency"}).number();
    if (span.end_ns == kNoTime && span.start_ns != kNoTime && latency_ms && *latency_ms >= 0 &&
        *latency_ms < 1e12) {
      span.end_ns = span.start_ns + static_cast<int64_t>(*latency_ms * 1e6);
    }
    span.inputs_json = io_value(record["request_body"]);
    span.outputs_json = io_value(record["response_body"]);
    span.type = request.node["input"].present() && !request.node["messages"].present() &&
                        response.node["data"].is_array()
                    ? "EMBEDDING"
                : request.node["messages"].present() ? "CHAT_MODEL"
                                                     : "LLM";
    span.model =
        first_text_of(record, {"model", "response_model", "request_model", "model_override"});
    if (span.model.empty()) span.model = first_text_of(response.node, {"model"});
    if (span.model.empty()) span.model = first_text_of(request.node, {"model"});
    span.provider = first_text_of(record, {"provider", "target_provider"});
    span.name = span.model.empty() ? "request" : span.model;
    if (request.node["tools"].is_array()) span.tools_json = request.node["tools"].raw();
    read_usage(record, span.tokens);
    read_usage(response.node["usage"], span.tokens);
    span.cost.total_usd = usd_of(first_of(record, {"cost", "cost_usd", "costUSD", "total_cost"}));
    const json::Node status = first_of(record, {"response_status", "status"});
    const auto code = status.integer();
    span.status = (code && (*code >= 400 || *code < 0)) || response.node["error"].has_content()
                      ? Status::Error
                      : Status::Ok;
    if (span.status == Status::Error)
      span.status_message = first_text_of(response.node["error"], {"message"});
    keep_rest(record,
              " request_id request_body response_body properties request_properties "
              "request_user_id user_id user "
              "request_created_at created_at response_created_at model provider prompt_tokens "
              "completion_tokens total_tokens cost "
              "cost_usd costUSD total_cost scores feedback ",
              kPrefix, span.attributes);
    if (span.start_ns == kNoTime)
      trace.state = span.status == Status::Error ? TraceState::Error : TraceState::Ok;
    read_scores(record, trace);
    close_untimed(trace);
    context.emit(std::move(trace));
  }

  static void add(CanonicalTrace& trace, std::string_view name, json::Node value,
                  std::string_view source) {
    if (!value.has_content()) return;
    CanonicalAssessment& out = trace.assessments.emplace_back();
    out.name = name;
    out.value_json = scalar_value(value);
    out.source_type = source;
  }

  static void read_scores(json::Node record, CanonicalTrace& trace) {
    const Unwrapped scores(record["scores"]), feedback(record["feedback"]);
    for (json::Node score = scores.node.is_object() ? scores.node.first() : json::Node(); score;
         score = score.next()) {
      add(trace, score.key(), score.is_object() ? score["value"] : score, "CODE");
    }
    if (feedback.node.is_object()) {
      add(trace, "feedback", first_of(feedback.node, {"rating", "value"}), "HUMAN");
      keep_rest(feedback.node, " rating value ", "helicone.feedback.", trace.metadata);
    } else {
      add(trace, "feedback", feedback.node, "HUMAN");
    }
    if (!feedback.node.has_content()) add(trace, "feedback", record["feedback_rating"], "HUMAN");
  }
};

}  // namespace

Format helicone_format() {
  return {"Helicone", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
