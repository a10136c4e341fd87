#include "ui/views/drafts.h"

#include <algorithm>
#include <utility>

#include "core/json/doc.h"
#include "ui/views/scorer_form.h"

namespace assay::ui {

using app::CommandId;

namespace {

constexpr std::string_view kNewScorer = "scorer//new";

void put(json::Doc& doc, const char* key, const std::string& text) {
  if (!text.empty()) doc[key] = text;
}
void put(json::Doc& doc, const char* key, bool on) {
  if (on) doc[key] = true;
}
bool is_on(const json::Doc& doc, std::string_view key) {
  const json::Doc* value = json::find(doc, key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}
std::string text_of(const json::Doc& doc, std::string_view key) { return json::get_string(doc, key).value_or(""); }
uint32_t bytes_of(const json::Doc& doc, std::string_view key) {
  const json::Doc* value = json::find(doc, key);
  return value != nullptr && value->is_number_unsigned() ? value->get<uint32_t>() : 0;
}

Result<json::Doc> parsed(std::string_view text) {
  if (text.empty()) return make_error(ErrorCode::InvalidInput, "no draft");
  return json::parse_doc(text);
}

}  // namespace

std::string note_place(std::string_view trace_id) { return "note/" + std::string(trace_id); }
std::string assessment_place(std::string_view trace_id) { return "assessment/" + std::string(trace_id); }
std::string edit_place(std::string_view trace_id, std::string_view assessment_id) {
  return "edit/" + std::string(trace_id) + "\n" + std::string(assessment_id);
}
std::string answer_place(std::string_view item_key, std::string_view question) {
  return "answer/" + std::string(item_key) + "\n" + std::string(question);
}

std::string note_draft(const AnalysisState& state) {
  if (state.note.empty() && state.mode.empty()) return {};
  json::Doc doc = json::Doc::object();
  put(doc, "note", state.note);
  put(doc, "mode", state.mode);
  if (state.target && state.target->trace_id == state.note_of) {
    const review::Anchor& anchor = state.target->anchor;
    json::Doc& words = doc["words"] = json::Doc::object();
    put(words, "span", state.target->span_id);
    put(words, "field", anchor.field);
    put(words, "part", anchor.part);
    words["from"] = anchor.from;
    words["to"] = anchor.to;
    put(words, "quote", anchor.quote);
  }
  return json::dump(doc);
}

bool read_note_draft(std::string_view text, AnalysisState& state) {
  const Result<json::Doc> read = parsed(text);
  if (!read.ok() || !read.value().is_object()) return false;
  state.note = text_of(read.value(), "note");
  state.mode = text_of(read.value(), "mode");
  const json::Doc* words = json::find(read.value(), "words");
  if (words == nullptr || !words->is_object()) return true;
  review::Anchor anchor{text_of(*words, "field"), text_of(*words, "part"), bytes_of(*words, "from"), bytes_of(*words, "to"),
                        text_of(*words, "quote")};
  if (!anchor.quote.empty() && anchor.to > anchor.from) state.target = NoteTarget{state.note_of, text_of(*words, "span"), std::move(anchor)};
  return true;
}

namespace {

json::Doc doc_of(const AssessmentForm& form) {
  json::Doc doc = json::Doc::object();
  put(doc, "expectation", form.expectation);
  put(doc, "name", form.name);
  doc["input"] = static_cast<unsigned>(form.input);
  put(doc, "yes_no_text", form.yes_no_text);
  if (form.boolean >= 0) doc["yes"] = form.boolean == 1;
  put(doc, "value", form.value);
  put(doc, "rationale", form.rationale);
  put(doc, "metadata", form.metadata);
  put(doc, "on_span", form.on_span);
  put(doc, "overrides", form.overrides);
  return doc;
}

}  // namespace

std::string assessment_draft(const AssessmentForm& form) {
  const bool begun = !form.value.empty() || !form.rationale.empty() || !form.metadata.empty() || form.boolean >= 0 || !form.overrides.empty();
  return begun ? json::dump(doc_of(form)) : std::string();
}

std::string edit_draft(const AnnotateState& state) {
  const std::string before = json::dump(doc_of(state.edit_base));
  json::Doc doc = doc_of(state.edit);
  if (json::dump(doc) == before) return {};
  doc["of"] = before;
  return json::dump(doc);
}

bool read_edit_draft(std::string_view text, const AssessmentForm& now, AssessmentForm& form) {
  const Result<json::Doc> read = parsed(text);
  if (!read.ok() || !read.value().is_object() || text_of(read.value(), "of") != json::dump(doc_of(now))) return false;
  return read_assessment_draft(text, form);
}

bool read_assessment_draft(std::string_view text, AssessmentForm& form) {
  const Result<json::Doc> read = parsed(text);
  if (!read.ok() || !read.value().is_object()) return false;
  const json::Doc& doc = read.value();
  form = AssessmentForm{};
  form.expectation = is_on(doc, "expectation");
  form.name = text_of(doc, "name");
  form.input = static_cast<ValueInput>(std::min<uint32_t>(bytes_of(doc, "input"), static_cast<uint32_t>(ValueInput::Json)));
  form.yes_no_text = is_on(doc, "yes_no_text");
  if (json::find(doc, "yes") != nullptr) form.boolean = is_on(doc, "yes") ? 1 : 0;
  form.value = text_of(doc, "value");
  form.rationale = text_of(doc, "rationale");
  form.metadata = text_of(doc, "metadata");
  form.metadata_open = !form.metadata.empty();
  form.on_span = is_on(doc, "on_span");
  form.overrides = text_of(doc, "overrides");
  return true;
}

std::string answer_draft(const AnswerDraft& draft) {
  if (!draft.comment_touched && !draft.chosen_touched && !draft.text_touched) return {};
  json::Doc doc = json::Doc::object();
  put(doc, "text_touched", draft.text_touched);
  if (draft.text_touched) put(doc, "text", draft.text);
  put(doc, "chosen_touched", draft.chosen_touched);
  if (draft.chosen_touched) {
    json::Doc& chosen = doc["chosen"] = json::Doc::array();
    for (const std::string& one : draft.chosen) chosen.push_back(one);
  }
  put(doc, "comment_touched", draft.comment_touched);
  if (draft.comment_touched) put(doc, "comment", draft.comment);
  return json::dump(doc);
}

bool read_answer_draft(std::string_view text, AnswerDraft& draft) {
  const Result<json::Doc> read = parsed(text);
  if (!read.ok() || !read.value().is_object()) return false;
  const json::Doc& doc = read.value();
  if (is_on(doc, "text_touched")) {
    draft.text_touched = true;
    draft.text = text_of(doc, "text");
  }
  if (const json::Doc* chosen = json::find(doc, "chosen"); chosen != nullptr && chosen->is_array() && is_on(doc, "chosen_touched")) {
    draft.chosen_touched = true;
    draft.chosen.clear();
    for (const json::Doc& one : *chosen)
      if (one.is_string()) draft.chosen.push_back(one.get<std::string>());
  }
  if (is_on(doc, "comment_touched")) {
    draft.comment_touched = true;
    draft.comment_open = true;
    draft.comment = text_of(doc, "comment");
  }
  return true;
}

std::string scorer_place(const ScorerState& state) { return state.is_new ? std::string(kNewScorer) : "scorer/" + state.base.name; }

std::string scorer_draft(const ScorerState& state) {
  const judge::ScorerSpec drafted = drafted_scorer(state);
  if (drafted == state.base) return {};
  json::Doc doc = json::Doc::object();
  doc["of"] = judge::encode_scorer(state.base);
  put(doc, "kind", std::string(judge::scorer_kind_name(state.kind)));
  put(doc, "name", state.name);
  put(doc, "guidelines", state.guidelines);
  put(doc, "text", state.text);
  put(doc, "categories", state.categories);
  doc["answer"] = static_cast<unsigned>(state.answer);
  json::Doc& params = doc["params"] = json::Doc::array();
  for (const std::string& param : state.params) params.push_back(param);
  return json::dump(doc);
}

bool read_scorer_draft(std::string_view text, ScorerState& state) {
  const Result<json::Doc> read = parsed(text);
  if (!read.ok() || !read.value().is_object()) return false;
  const json::Doc& doc = read.value();
  const auto kind = judge::parse_scorer_kind(text_of(doc, "kind"));
  const json::Doc* params = json::find(doc, "params");
  if (!kind || params == nullptr || !params->is_array()) return false;
  if (state.is_new) {
    judge::ScorerSpec begun;
    begun.kind = *kind;
    load_scorer_draft(state, begun, -1);
  } else if (*kind != state.kind || text_of(doc, "of") != judge::encode_scorer(state.base)) {
    return false;
  }
  state.name = text_of(doc, "name");
  state.guidelines = text_of(doc, "guidelines");
  state.text = text_of(doc, "text");
  state.categories = text_of(doc, "categories");
  state.answer = static_cast<judge::AnswerType>(std::min<uint32_t>(bytes_of(doc, "answer"), judge::kAnswerTypes - 1));
  for (size_t i = 0; i < state.params.size() && i < params->size(); ++i)
    if ((*params)[i].is_string()) state.params[i] = (*params)[i].get<std::string>();
  return true;
}

void show_begun_scorer(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  if (std::exchange(state.begun_looked_for, true) || state.is_new) return;
  const std::string_view text = f.session.draft(kNewScorer);
  if (text.empty()) return;
  state.is_new = true;
  state.selected_before = std::max(0, state.selected);
  state.selected = -1;
  if (!read_scorer_draft(text, state)) state.is_new = false;
}

void keep_drafts(UiFrame& f) {
  const auto keep = [&f](const std::string& place, const std::string& text) {
    if (text != f.session.draft(place)) f.emit(CommandId::DraftSet, {{"place", place}, {"text", text}});
  };
  if (const AnalysisState& state = f.view.analysis; !state.note_of.empty()) keep(note_place(state.note_of), note_draft(state));
  if (const AnnotateState& state = f.view.annotate; !state.form_trace_id.empty())
    keep(assessment_place(state.form_trace_id), assessment_draft(state.form));
  if (const AnnotateState& state = f.view.annotate; !state.form_trace_id.empty() && !state.editing_id.empty())
    keep(edit_place(state.form_trace_id, state.editing_id), edit_draft(state));
  if (const ScorerState& state = f.view.scorers; state.draft_of != -2) {
    if (!state.is_new) keep(std::string(kNewScorer), {});  // saved or given up
    if (state.is_new || state.draft_of >= 0) keep(scorer_place(state), scorer_draft(state));
  }
  const ReviewItemState& item = f.view.review.item;
  for (const AnswerDraft& draft : item.answers) keep(answer_place(item.key, draft.schema), answer_draft(draft));
}

void show_begun_note(UiFrame& f, std::string_view trace_id) {
  AnalysisState& state = f.view.analysis;
  if (state.begun_looked_for == trace_id) return;
  state.begun_looked_for = trace_id;
  if (!f.session.draft(note_place(trace_id)).empty()) state.bar_open = true;
}

}  // namespace assay::ui
