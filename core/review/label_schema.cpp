#include "core/review/label_schema.h"

#include <algorithm>
#include <cmath>

#include "core/annot/draft.h"
#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::review {
namespace {

using json::Doc;

Error invalid(std::string what) { return make_error(ErrorCode::InvalidParameter, std::move(what)); }

size_t chars_of(std::string_view text) {
  size_t chars = 0;
  for (size_t at = 0; at < text.size(); at += decode_utf8(text, at).size_bytes) ++chars;
  return chars;
}

std::string cut(std::string_view text) { return std::string(utf8_prefix(text, 60)); }

constexpr std::string_view kKindNames[] = {"pass_fail", "categorical", "categorical_list", "numeric", "text"};

void write_input(json::Writer& w, const LabelSchema& schema) {
  w.begin_object();
  switch (schema.input) {
    case InputKind::PassFail:
      w.member("type", "pass_fail");
      w.member("positive_label", schema.positive_label);
      w.member("negative_label", schema.negative_label);
      break;
    case InputKind::Categorical:
    case InputKind::CategoricalList:
      w.member("type", "categorical");
      w.key("options");
      w.begin_array();
      for (const std::string& option : schema.options) w.string(option);
      w.end_array();
      w.member_boolean("multi_select", schema.input == InputKind::CategoricalList);
      if (schema.ordered) w.member_boolean("ordered", true);
      break;
    case InputKind::Numeric:
      w.member("type", "numeric");
      if (schema.min_value) w.member_number("min_value", *schema.min_value);
      if (schema.max_value) w.member_number("max_value", *schema.max_value);
      break;
    case InputKind::Text:
      w.member("type", "text");
      if (schema.max_length > 0) w.member_integer("max_length", schema.max_length);
      break;
  }
  w.end_object();
}

// "InputCategoricalList", "pass_fail", "PASS_FAIL", "boolean" …
std::optional<InputKind> kind_of_word(std::string_view word) {
  std::string lower = ascii_lower(word);
  if (lower.starts_with("input")) lower.erase(0, 5);
  std::erase(lower, '_');
  std::erase(lower, '-');
  std::erase(lower, '/');
  if (lower == "passfail" || lower == "boolean") return InputKind::PassFail;
  if (lower == "categorical") return InputKind::Categorical;
  if (lower == "categoricallist") return InputKind::CategoricalList;
  if (lower == "numeric") return InputKind::Numeric;
  if (lower == "text" || lower == "textlist") return InputKind::Text;
  return std::nullopt;
}

std::optional<double> number_at(const Doc& doc, std::string_view first, std::string_view second) {
  if (const auto value = json::get_double(doc, first)) return value;
  return json::get_double(doc, second);
}

Status read_input(const Doc& input, LabelSchema& schema) {
  const Doc* members = &input;
  std::optional<InputKind> kind;
  if (input.is_string()) {
    kind = kind_of_word(*input.get_ptr<const Doc::string_t*>());
  } else if (!input.is_object()) {
    return invalid("its input is no object");
  } else if (const auto type = json::get_string(input, "type")) {
    kind = kind_of_word(*type);
    if (!kind) return invalid("its input has a type that is not known: " + cut(*type));
  } else {
    for (auto it = input.begin(); it != input.end() && !kind; ++it) {
      if (!it.value().is_object()) continue;
      kind = kind_of_word(it.key());
      if (kind) members = &it.value();
    }
  }
  if (!kind && input.is_object()) {  // its members tell
    if (json::find(input, "options") != nullptr)
      kind = InputKind::Categorical;
    else if (json::find(input, "positive_label") != nullptr)
      kind = InputKind::PassFail;
    else if (number_at(input, "min_value", "min") || number_at(input, "max_value", "max"))
      kind = InputKind::Numeric;
    else if (json::find(input, "max_length") != nullptr)
      kind = InputKind::Text;
  }
  if (!kind) return invalid("its input is of no known kind (pass_fail, categorical, numeric, text)");
  schema.input = *kind;
  if (const auto label = json::get_string(*members, "positive_label")) schema.positive_label = *label;
  if (const auto label = json::get_string(*members, "negative_label")) schema.negative_label = *label;
  if (const Doc* options = json::find(*members, "options")) {
    if (!options->is_array()) return invalid("its options are no list");
    for (const Doc& option : *options) {
      if (!option.is_string()) return invalid("one of its options is no text");
      schema.options.push_back(*option.get_ptr<const Doc::string_t*>());
    }
  }
  if (schema.input == InputKind::Categorical && json::get_bool(*members, "multi_select").value_or(false))
    schema.input = InputKind::CategoricalList;
  schema.ordered = schema.input == InputKind::Categorical && json::get_bool(*members, "ordered").value_or(false);
  if (schema.input == InputKind::Numeric) {
    schema.min_value = number_at(*members, "min_value", "min");
    schema.max_value = number_at(*members, "max_value", "max");
  }
  if (schema.input == InputKind::Text) {
    const auto length = json::get_int(*members, "max_length");
    const auto each = json::get_int(*members, "max_length_each");
    const int64_t limit = length ? *length : each.value_or(0);
    if (limit < 0 || limit > UINT32_MAX) return invalid("its max_length is no length");
    schema.max_length = static_cast<uint32_t>(limit);
  }
  return ok_status();
}

Result<LabelSchema> read_schema(const Doc& doc) {
  if (!doc.is_object()) return invalid("A label schema is no object");
  LabelSchema schema;
  const auto name = json::get_string(doc, "name");
  if (!name) return invalid("A label schema has no name");
  schema.name = *name;
  const auto fail = [&](const Error& error) { return invalid("Label schema " + cut(schema.name) + ": " + error.what); };
  const std::string type = ascii_lower(json::get_string(doc, "type").value_or("feedback"));
  if (type != "feedback" && type != "expectation")
    return fail(invalid("its type is neither feedback nor expectation: " + cut(type)));
  schema.expectation = type == "expectation";
  schema.title = json::get_string(doc, "title").value_or("");
  schema.instruction = json::get_string(doc, "instruction").value_or("");
  // MLflow and Databricks have it off unless asked for.
  schema.enable_comment = json::get_bool(doc, "enable_comment").value_or(false);
  const Doc* input = json::find(doc, "input");
  if (input == nullptr) return fail(invalid("it has no input"));
  if (Status status = read_input(*input, schema); !status.ok()) return fail(status.error());
  if (Status status = validate_schema(schema); !status.ok()) return fail(status.error());
  return schema;
}

}  // namespace

std::string_view input_kind_name(InputKind kind) { return kKindNames[static_cast<size_t>(kind)]; }

std::optional<InputKind> parse_input_kind(std::string_view name) {
  for (size_t i = 0; i < std::size(kKindNames); ++i)
    if (kKindNames[i] == name) return static_cast<InputKind>(i);
  return std::nullopt;
}

Status validate_schema(const LabelSchema& schema) {
  ASSAY_TRY(annot::check_name(schema.name));
  switch (schema.input) {
    case InputKind::PassFail:
      if (trimmed(schema.positive_label).empty() || trimmed(schema.negative_label).empty())
        return invalid("Both labels need a text");
      if (schema.positive_label == schema.negative_label) return invalid("The two labels are the same");
      break;
    case InputKind::Categorical:
    case InputKind::CategoricalList: {
      if (schema.options.size() < 2) return invalid("At least two options are needed");
      if (schema.options.size() > kMaxOptions) return invalid("At most 50 options are possible");
      for (size_t i = 0; i < schema.options.size(); ++i) {
        if (trimmed(schema.options[i]).empty()) return invalid("An option is empty");
        if (std::find(schema.options.begin(), schema.options.begin() + static_cast<std::ptrdiff_t>(i),
                      schema.options[i]) != schema.options.begin() + static_cast<std::ptrdiff_t>(i))
          return invalid("An option stands there twice: " + cut(schema.options[i]));
      }
      break;
    }
    case InputKind::Numeric:
      if ((schema.min_value && !std::isfinite(*schema.min_value)) ||
          (schema.max_value && !std::isfinite(*schema.max_value)))
        return invalid("The limits must be numbers");
      if (schema.min_value && schema.max_value && *schema.min_value >= *schema.max_value)
        return invalid("The least value must be below the greatest");
      break;
    case InputKind::Text:
      break;
  }
  return ok_status();
}

std::string encode_schema(const LabelSchema& schema) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("name", schema.name);
  w.member("type", schema.expectation ? "expectation" : "feedback");
  w.member("title", schema.title);
  w.member("instruction", schema.instruction);
  w.member_boolean("enable_comment", schema.enable_comment);
  w.key("input");
  write_input(w, schema);
  w.end_object();
  return out;
}

Result<LabelSchema> decode_schema(std::string_view json_text) {
  return read_schema(ASSAY_TRY(json::parse_doc(json_text)));
}

std::string encode_schema_file(const std::vector<LabelSchema>& schemas) {
  std::string out = "{\"label_schemas\": [";
  for (size_t i = 0; i < schemas.size(); ++i) out += (i == 0 ? "\n  " : ",\n  ") + encode_schema(schemas[i]);
  return out + "\n]}\n";
}

Result<std::vector<LabelSchema>> decode_schema_file(std::string_view json_text) {
  Result<Doc> parsed = json::parse_doc(json_text);
  if (!parsed.ok()) return parsed.take_error().with_context("The file of label schemas is not valid JSON");
  const Doc& doc = parsed.value();
  const Doc* list = json::find(doc, "label_schemas");
  if (list == nullptr && doc.is_array()) list = &doc;
  std::vector<LabelSchema> schemas;
  if (list == nullptr) {
    schemas.push_back(ASSAY_TRY(read_schema(doc)));
    return schemas;
  }
  if (!list->is_array()) return invalid("label_schemas is no list");
  if (list->empty()) return invalid("The file holds no label schema");
  if (list->size() > kMaxSchemas) return invalid("The file holds more than 200 label schemas");
  for (const Doc& item : *list) {
    LabelSchema schema = ASSAY_TRY(read_schema(item));
    for (const LabelSchema& other : schemas)
      if (other.name == schema.name) return invalid("Two label schemas of the file have the same name: " + cut(schema.name));
    schemas.push_back(std::move(schema));
  }
  return schemas;
}

bool looks_like_schema_file(std::string_view head) {
  const std::string_view text = trimmed(head.substr(0, 4096), kAsciiSpaces);
  if (text.empty() || (text.front() != '{' && text.front() != '[')) return false;
  if (text.front() == '{' && text.substr(0, 200).find("\"label_schemas\"") != std::string_view::npos) return true;
  // A list of schemas, or one: the members that every schema has, and none of a trace's.
  const auto has = [text](std::string_view key) { return text.find(key) != std::string_view::npos; };
  return has("\"name\"") && has("\"input\"") && has("\"type\"") &&
         (has("\"instruction\"") || has("\"enable_comment\"") || has("\"positive_label\"")) && !has("\"trace_id\"") &&
         !has("\"spans\"") && !has("\"messages\"");
}

std::string definition_hash(const LabelSchema& schema) {
  std::string text = schema.expectation ? "expectation\n" : "feedback\n";
  json::Writer w(text);
  write_input(w, schema);
  text += '\n';
  text += trimmed(schema.instruction);
  return sha256_hex(text).substr(0, 16);
}

Result<std::string> answer_value(const LabelSchema& schema, std::string_view answer) {
  const store::AssessmentKind kind =
      schema.expectation ? store::AssessmentKind::Expectation : store::AssessmentKind::Feedback;
  switch (schema.input) {
    case InputKind::PassFail:
      return annot::parse_value(annot::ValueType::Boolean, answer, kind);
    case InputKind::Categorical:
      if (std::find(schema.options.begin(), schema.options.end(), answer) == schema.options.end())
        return invalid(cut(answer) + " is none of the options of " + cut(schema.name));
      return json::quoted(answer);
    case InputKind::CategoricalList: {
      Result<Doc> parsed = json::parse_doc(answer);
      if (!parsed.ok() || !parsed.value().is_array()) return invalid("A list of options is needed");
      std::vector<bool> chosen(schema.options.size(), false);
      for (const Doc& item : parsed.value()) {
        const auto* text = item.get_ptr<const Doc::string_t*>();
        const auto at = text == nullptr ? schema.options.end()
                                        : std::find(schema.options.begin(), schema.options.end(), *text);
        if (at == schema.options.end()) return invalid("An answer is none of the options of " + cut(schema.name));
        chosen[static_cast<size_t>(at - schema.options.begin())] = true;
      }
      std::string out = "[";
      for (size_t i = 0; i < chosen.size(); ++i)
        if (chosen[i]) out += (out.size() > 1 ? "," : "") + json::quoted(schema.options[i]);
      return out + "]";
    }
    case InputKind::Numeric: {
      const std::string value = ASSAY_TRY(annot::parse_value(annot::ValueType::Number, answer, kind));
      const double number = *parse_double(value);
      if (schema.min_value && number < *schema.min_value)
        return invalid("At least " + python_repr(*schema.min_value) + " is possible");
      if (schema.max_value && number > *schema.max_value)
        return invalid("At most " + python_repr(*schema.max_value) + " is possible");
      return value;
    }
    case InputKind::Text:
      if (trimmed(answer).empty()) return invalid("The text is empty");
      if (schema.max_length > 0 && chars_of(answer) > schema.max_length)
        return invalid("The text is longer than " + std::to_string(schema.max_length) + " characters");
      return json::quoted(answer);
  }
  return invalid("This label schema is of a kind that is not known");
}

bool fits_schema(const LabelSchema& schema, std::string_view value_json) {
  if (schema.input == InputKind::PassFail) return truth_of(value_json).has_value();
  if (schema.input == InputKind::CategoricalList) return answer_value(schema, value_json).ok();
  const auto [type, text] = annot::value_for_editing(value_json);
  if (schema.input == InputKind::Numeric) return type == annot::ValueType::Number && answer_value(schema, text).ok();
  return type == annot::ValueType::String && answer_value(schema, text).ok();
}

std::optional<bool> truth_of(std::string_view value_json) {
  const std::string lower = ascii_lower(trimmed(value_json));
  if (lower == "true" || lower == "\"yes\"" || lower == "\"true\"" || lower == "\"pass\"") return true;
  if (lower == "false" || lower == "\"no\"" || lower == "\"false\"" || lower == "\"fail\"") return false;
  return std::nullopt;
}

}  // namespace assay::review
