#include "core/score/scorer_files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/judge/conversation.h"
#include "core/judge/vote.h"

namespace assay::score {
namespace {

using json::Doc;
using judge::AnswerForm;
using judge::AnswerType;
using judge::ScorerKind;
using judge::ScorerSpec;

// The version whose form this is; the part after "+" says who wrote it.
constexpr std::string_view kWrittenAs = "3.11.1+assay";

// MLflow's feedback_value_type, as the JSON Schema of the type.
Doc value_type(const AnswerForm& answer) {
  Doc schema = Doc::object();
  schema["title"] = "Result";
  switch (answer.type) {
    case AnswerType::YesNo:
      schema["enum"] = Doc::array({"yes", "no"});
      schema["type"] = "string";
      break;
    case AnswerType::Boolean:
      schema["type"] = "boolean";
      break;
    case AnswerType::Integer:
      schema["type"] = "integer";
      break;
    case AnswerType::Number:
      schema["type"] = "number";
      break;
    case AnswerType::Category:
      schema["enum"] = Doc::array();
      for (const std::string& category : answer.categories) schema["enum"].push_back(category);
      schema["type"] = "string";
      break;
    case AnswerType::Text:
      schema["type"] = "string";
      break;
    case AnswerType::TextList:
      schema["type"] = "array";
      schema["items"] = Doc::object();
      schema["items"]["type"] = "string";
      break;
    default: {
      Doc element = Doc::object();
      element["type"] = *json::get_string(value_type({judge::element_type(answer.type), {}}), "type");
      const bool list = judge::is_list(answer.type);
      schema["type"] = list ? "array" : "object";
      schema[list ? "items" : "additionalProperties"] = std::move(element);
      break;
    }
  }
  return schema;
}

constexpr std::array kLists = {AnswerType::TextList, AnswerType::NumberList, AnswerType::IntegerList, AnswerType::BooleanList};
constexpr std::array kMaps = {AnswerType::TextMap, AnswerType::NumberMap, AnswerType::IntegerMap, AnswerType::BooleanMap};

std::optional<AnswerForm> answer_form(const Doc* schema) {
  AnswerForm answer;
  answer.type = AnswerType::Text;  // make_judge's default is str
  if (schema == nullptr || schema->is_null()) return answer;
  // Optional[…]: the type, or null. A judge here always gives a value.
  if (const Doc* any = json::find(*schema, "anyOf"); any != nullptr && any->is_array()) {
    const Doc* only = nullptr;
    for (const Doc& one : *any) {
      if (json::get_string(one, "type") == "null") continue;
      if (only != nullptr || json::find(one, "anyOf") != nullptr) return std::nullopt;
      only = &one;
    }
    return only != nullptr ? answer_form(only) : std::nullopt;
  }
  const Doc* values = json::find(*schema, "enum");
  if (values != nullptr && values->is_array()) {
    answer.type = AnswerType::Category;
    for (const Doc& value : *values) {
      if (!value.is_string()) return std::nullopt;
      answer.categories.push_back(value.get<std::string>());
    }
    if (answer.categories == std::vector<std::string>{"yes", "no"}) return AnswerForm{};
    return answer;
  }
  const std::string type = json::get_string(*schema, "type").value_or("");
  if (type == "string") return answer;
  if (type == "boolean") return AnswerForm{AnswerType::Boolean, {}};
  if (type == "integer") return AnswerForm{AnswerType::Integer, {}};
  if (type == "number") return AnswerForm{AnswerType::Number, {}};
  // list[…] and dict[str, …]; without a word of what is in them, texts.
  const bool is_list = type == "array";
  if (!is_list && type != "object") return std::nullopt;
  const Doc* element = json::find(*schema, is_list ? "items" : "additionalProperties");
  if (element != nullptr && (element->is_boolean() || (element->is_object() && element->empty()))) element = nullptr;
  const std::string of = element == nullptr ? "string" : json::get_string(*element, "type").value_or("");
  for (const AnswerType each : is_list ? kLists : kMaps) {
    if (json::get_string(value_type({judge::element_type(each), {}}), "type") == of) return AnswerForm{each, {}};
  }
  return std::nullopt;
}

// Settings that MLflow's scorers do not have.
bool is_ours(const judge::ParamInfo& info) {
  return judge::is_vote_param(info.key) || info.key == "role" || info.key == "weight" ||
         info.key == "trace_access" || info.key == "max_turns";
}

void write_ours(Doc& data, const ScorerSpec& scorer) {
  Doc ours = Doc::object();
  for (const judge::ParamInfo& info : judge::scorer_params(scorer.kind)) {
    const std::string_view value = judge::param(scorer, info.key);
    if (is_ours(info) && value != info.fallback) ours[std::string(info.key)] = std::string(value);
  }
  if (!ours.empty()) data["assay"] = std::move(ours);
  const std::optional<double> temperature = judge::param_number(scorer, "temperature");
  if (!temperature) return;
  data["inference_params"] = Doc::object();
  data["inference_params"]["temperature"] = *temperature;
}

void read_ours(ScorerSpec& scorer, const Doc& data) {
  const Doc* parameters = json::find(data, "inference_params");
  if (parameters != nullptr && parameters->is_object()) {
    if (const auto temperature = json::get_double(*parameters, "temperature"))
      set_param(scorer, "temperature", json_number(*temperature));
  }
  const Doc* ours = json::find(data, "assay");
  if (ours == nullptr || !ours->is_object()) return;
  for (const judge::ParamInfo& info : judge::scorer_params(scorer.kind)) {
    const auto value = json::get_string(*ours, info.key);
    if (value && is_ours(info)) set_param(scorer, info.key, *value);
  }
}

std::string text_of(const Doc& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    return number == static_cast<double>(static_cast<int64_t>(number)) && std::abs(number) < 1e15
               ? std::to_string(static_cast<int64_t>(number))
               : json_number(number);
  }
  return json::dump(value);
}

// The names under "aggregations", which MLflow writes at the top, and for its own classes in their data as well. Null
// is no list: MLflow's default.
const Doc* aggregation_list(const Doc& doc, const Doc& data) {
  for (const Doc* of : {&doc, &data}) {
    const Doc* list = json::find(*of, "aggregations");
    if (list != nullptr && list->is_array()) return list;
  }
  return nullptr;
}

bool is_known_aggregation(const Doc& name) {
  const auto& known = judge::kAggregationNames;
  return name.is_string() && std::find(std::begin(known), std::end(known), name.get<std::string>()) != std::end(known);
}

std::vector<std::string> unknown_aggregations(const Doc& doc, const Doc& data) {
  std::vector<std::string> names;
  const Doc* list = aggregation_list(doc, data);
  for (size_t i = 0; list != nullptr && i < list->size(); ++i)
    if (!is_known_aggregation((*list)[i])) names.push_back(text_of((*list)[i]));
  return names;
}

void read_aggregations(ScorerSpec& scorer, const Doc& doc, const Doc& data) {
  const Doc* list = aggregation_list(doc, data);
  if (list == nullptr) return;
  std::string names;
  for (const Doc& name : *list)
    if (is_known_aggregation(name)) (names += names.empty() ? "" : ", ") += name.get<std::string>();
  set_param(scorer, "aggregations", names.empty() ? std::string("none") : names);
}

Doc written_aggregations(const ScorerSpec& scorer) {
  if (trimmed(judge::param(scorer, "aggregations")).empty()) return nullptr;
  Doc list = Doc::array();
  for (const std::string_view name : judge::aggregations_of(scorer)) list.push_back(std::string(name));
  return list;
}

// What a scorer of MLflow's says that this page does otherwise; "" = nothing.
std::string lost_of(const Doc& doc, const Doc& data) {
  std::string lost;
  const auto add = [&lost](std::string what) { (lost += lost.empty() ? "" : ", ") += what; };
  const std::string model = json::get_string(data, "model").value_or("");
  // A file of our own names the model that the scorers were used with.
  if (!model.empty() && json::get_string(doc, "mlflow_version") != kWrittenAs) add("its model " + model + " (the connection's is asked)");
  for (const std::string_view key : {"base_url", "extra_headers"}) {
    const Doc* value = json::find(data, key);
    if (value != nullptr && !value->is_null()) add(std::string(key));
  }
  const Doc* parameters = json::find(data, "inference_params");
  if (parameters != nullptr && parameters->is_object()) {
    for (const auto& [key, value] : parameters->items())
      if (key != "temperature") add("the parameter " + key);
  }
  const Doc* description = json::find(doc, "description");
  if (description != nullptr && !description->is_null() && !description->empty()) add("its description");
  for (const std::string& name : unknown_aggregations(doc, data)) add("the aggregation " + name);
  return lost;
}

Doc encode_one(const ScorerSpec& scorer, std::string_view model) {
  Doc doc = Doc::object();
  doc["name"] = scorer.name;
  doc["description"] = nullptr;
  doc["aggregations"] = written_aggregations(scorer);
  doc["is_session_level_scorer"] = level_of(scorer) == judge::ScorerLevel::Session;
  doc["mlflow_version"] = std::string(kWrittenAs);
  doc["serialization_version"] = 1;
  if (scorer.kind == ScorerKind::Instructions) {
    Doc data = Doc::object();
    data["instructions"] = scorer.text;
    data["model"] = std::string(model);
    data["feedback_value_type"] = value_type(scorer.answer);
    write_ours(data, scorer);
    doc["instructions_judge_pydantic_data"] = std::move(data);
    return doc;
  }
  if (!judge::asks_model(scorer.kind) && scorer.kind != ScorerKind::ResponseLength) {
    Result<Doc> own = json::parse_doc(judge::encode_scorer(scorer));
    if (own.ok()) doc["assay_scorer"] = std::move(own).value();
    return doc;
  }
  doc["builtin_scorer_class"] = judge::scorer_kind_name(scorer.kind);
  Doc data = Doc::object();
  data["name"] = scorer.name;
  if (judge::takes_guidelines(scorer.kind)) data["guidelines"] = scorer.guidelines;
  for (const judge::ParamInfo& info : judge::scorer_params(scorer.kind)) {
    const std::string_view value = judge::param(scorer, info.key);
    if (is_ours(info) || info.key == "aggregations") continue;
    if (info.type == judge::ParamType::Boolean)
      data[std::string(info.key)] = value == "true";
    else if (info.type == judge::ParamType::Number && parse_double(value))
      data[std::string(info.key)] = *parse_double(value);
    else if (!value.empty())
      data[std::string(info.key)] = std::string(value);
  }
  write_ours(data, scorer);
  doc["builtin_scorer_pydantic_data"] = std::move(data);
  return doc;
}

// Nothing: `why` says why not.
std::optional<ScorerSpec> decode_one(const Doc& doc, std::string& why, std::string& lost) {
  ScorerSpec scorer;
  scorer.name = json::get_string(doc, "name").value_or("");
  const auto refuse = [&](std::string reason) {
    why = (scorer.name.empty() ? std::string("A scorer without a name") : scorer.name) + ": " +
          std::move(reason);
    return std::nullopt;
  };
  const Doc* own = json::find(doc, "assay_scorer");
  if (own == nullptr && json::find(doc, "kind") != nullptr) own = &doc;
  if (own != nullptr) {
    const auto list = judge::decode_scorers("[" + json::dump(*own) + "]");
    if (!list.ok()) return refuse(list.error().what);
    return list.value().front();
  }
  const Doc* data = json::find(doc, "instructions_judge_pydantic_data");
  if (data != nullptr && data->is_object()) {
    scorer.kind = ScorerKind::Instructions;
    scorer.text = json::get_string(*data, "instructions").value_or("");
    const auto answer = answer_form(json::find(*data, "feedback_value_type"));
    if (!answer) return refuse("its kind of value is not supported");
    scorer.answer = *answer;
    // MLflow's judges read a trace with tools, always.
    const bool is_mlflows = json::get_string(doc, "mlflow_version") != kWrittenAs;
    if (is_mlflows) set_param(scorer, "trace_access", "tools");
    if (!judge::reads_with_tools(scorer)) set_param(scorer, "trace_access", "outline");
    read_ours(scorer, *data);
    read_aggregations(scorer, doc, *data);
    lost = lost_of(doc, *data);
    return scorer;
  }
  const auto class_name = json::get_string(doc, "builtin_scorer_class");
  if (!class_name) {
    const Doc* source = json::find(doc, "call_source");
    return refuse(source != nullptr && !source->is_null()
                      ? "it is a Python function, which cannot run here"
                      : "it is of a third party or of a kind that is not known here");
  }
  const auto kind = judge::parse_scorer_kind(*class_name);
  if (!kind) return refuse("there is no built-in scorer " + *class_name + " here");
  scorer.kind = *kind;
  if (scorer.name.empty()) scorer.name = judge::default_scorer_name(*kind);
  data = json::find(doc, "builtin_scorer_pydantic_data");
  if (data == nullptr || !data->is_object()) {
    read_aggregations(scorer, doc, Doc::object());
    return scorer;
  }
  const Doc* guidelines = json::find(*data, "guidelines");
  if (guidelines != nullptr && judge::takes_guidelines(*kind)) {
    if (guidelines->is_string()) scorer.guidelines = {guidelines->get<std::string>()};
    if (guidelines->is_array()) {
      for (const Doc& guideline : *guidelines) scorer.guidelines.push_back(text_of(guideline));
    }
  }
  for (const judge::ParamInfo& info : judge::scorer_params(*kind)) {
    const Doc* value = json::find(*data, info.key);
    if (value != nullptr && !value->is_null() && !is_ours(info) && info.key != "aggregations")
      set_param(scorer, info.key, text_of(*value));
  }
  read_ours(scorer, *data);
  read_aggregations(scorer, doc, *data);
  lost = lost_of(doc, *data);
  return scorer;
}

}  // namespace

std::string encode_scorer_file(const std::vector<ScorerSpec>& scorers, std::string_view model) {
  Doc all = Doc::array();
  for (const ScorerSpec& scorer : scorers) all.push_back(encode_one(scorer, model));
  return json::dump_pretty(all) + "\n";
}

Result<ScorerFile> decode_scorer_file(std::string_view json_text) {
  const Result<Doc> parsed = json::parse_doc(json_text);
  if (!parsed.ok())
    return make_error(ErrorCode::InvalidInput, "The file is no JSON: " + parsed.error().what);
  const Doc& doc = parsed.value();
  std::vector<const Doc*> found;
  if (doc.is_array()) {
    for (const Doc& element : doc) found.push_back(&element);
  } else if (const Doc* list = json::find(doc, "scorers"); list != nullptr && list->is_array()) {
    for (const Doc& element : *list) found.push_back(&element);
  } else {
    found.push_back(&doc);
  }
  ScorerFile file;
  for (const Doc* element : found) {
    Result<Doc> inner = json::parse_doc(json::get_string(*element, "serialized_scorer").value_or(""));
    const Doc& one = inner.ok() ? inner.value() : *element;
    const bool is_one = one.is_object() && (json::find(one, "name") != nullptr ||
                                            json::find(one, "builtin_scorer_class") != nullptr);
    if (!is_one) {
      return make_error(ErrorCode::InvalidInput,
                        "This is no file of scorers: it should hold MLflow's serialised scorers");
    }
    std::string why, lost;
    if (auto scorer = decode_one(one, why, lost)) {
      const Status valid = judge::validate_scorers({*scorer});
      if (valid.ok() && !lost.empty())
        file.lost.push_back(scorer->name + " is taken over without " + lost);
      if (valid.ok())
        file.scorers.push_back(std::move(*scorer));
      else
        file.left_out.push_back(valid.error().what);
    } else {
      file.left_out.push_back(std::move(why));
    }
  }
  return file;
}

}  // namespace assay::score
