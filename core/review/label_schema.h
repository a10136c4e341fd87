// Label schemas: the questions that reviewers answer, in MLflow's model (3.14): a name (which becomes the
// assessment's), feedback or expectation, a title, an instruction, an input, and whether a comment is asked for.
//
// JSON: {"name", "type": "feedback" | "expectation", "title", "instruction", "enable_comment",
//        "input": {"type": "pass_fail", "positive_label", "negative_label"}
//               | {"type": "categorical", "options": […], "multi_select", "ordered"?}
//               | {"type": "numeric", "min_value"?, "max_value"?}
//               | {"type": "text", "max_length"?}}
// Read besides: the input under a member of its own name ({"pass_fail": {…}}), Databricks' class names
// (InputCategorical, InputCategoricalList, InputNumeric, InputText, InputTextList), and inputs without a type whose
// members tell. `ordered` is ours: the options are a scale, and agreement weighs distances.
//
// Pure functions; nothing here refers to a trace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace assay::review {

enum class InputKind : uint8_t { PassFail, Categorical, CategoricalList, Numeric, Text };
std::string_view input_kind_name(InputKind kind);  // "pass_fail", "categorical", "categorical_list", …
std::optional<InputKind> parse_input_kind(std::string_view name);

constexpr size_t kMaxOptions = 50;
constexpr size_t kMaxSchemas = 200;

struct LabelSchema {
  std::string name;   // of the assessments; the identity
  bool expectation = false;
  std::string title;  // what the reviewer reads; "": the name
  std::string instruction;
  bool enable_comment = true;
  InputKind input = InputKind::PassFail;
  std::string positive_label = "Pass", negative_label = "Fail";  // PassFail
  std::vector<std::string> options;                              // Categorical, CategoricalList
  bool ordered = false;                                          // Categorical
  std::optional<double> min_value, max_value;                    // Numeric
  uint32_t max_length = 0;                                       // Text, in characters; 0: no limit

  const std::string& shown_title() const { return title.empty() ? name : title; }
  friend bool operator==(const LabelSchema&, const LabelSchema&) = default;
};

// What keeps a schema from being used, for the user.
Status validate_schema(const LabelSchema& schema);

std::string encode_schema(const LabelSchema& schema);  // compact JSON
Result<LabelSchema> decode_schema(std::string_view json_text);

// A file: {"label_schemas": [ … ]}. Reading takes a bare list and a single schema as well. Errors name the schema
// and what is wrong with it; nothing of a bad file is taken.
std::string encode_schema_file(const std::vector<LabelSchema>& schemas);
Result<std::vector<LabelSchema>> decode_schema_file(std::string_view json_text);
// Whether a file begins like one (its first 16 KB, or all of it).
bool looks_like_schema_file(std::string_view head);

// Identity of the definition: equal for equal questions. What only changes the looks (title, comment on or off) is
// not in it. 16 hexadecimal digits, stable across versions of the program.
std::string definition_hash(const LabelSchema& schema);

// An answer as a JSON value that fits the schema. PassFail: true/false/yes/no; Categorical: the option;
// CategoricalList: a JSON array of options; Numeric: a number; Text: the text.
Result<std::string> answer_value(const LabelSchema& schema, std::string_view answer);
// Whether a value (of an assessment) is one that the schema could have given.
bool fits_schema(const LabelSchema& schema, std::string_view value_json);

// true/false, yes/no, pass/fail in any case, as JSON value; nothing for others.
std::optional<bool> truth_of(std::string_view value_json);

}  // namespace assay::review
