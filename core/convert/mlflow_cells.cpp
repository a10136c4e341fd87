#include "core/convert/mlflow_cells.h"

#include "core/convert/encodings.h"
#include "core/convert/python_literal.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

std::string trimmed_text(json::Node cell) {
  std::string text = cell.text();
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

void append_value(std::string& out, json::Node value) {
  if (value.is_string()) {
    // Half of a surrogate pair stays as it is written.
    if (value.raw().find("\\ud") != std::string_view::npos ||
        value.raw().find("\\uD") != std::string_view::npos) {
      const std::string text = value.text();
      if (text.find("\xEF\xBF\xBD") != std::string::npos) {
        out += value.raw();
        return;
      }
    }
    json::append_quoted(out, value.text());
    return;
  }
  if (!value.is_object() && !value.is_array()) {
    out += value.raw();
    return;
  }
  out += value.is_object() ? '{' : '[';
  bool first = true;
  for (json::Node each = value.first(); each; each = each.next()) {
    if (!first) out += ", ";
    first = false;
    if (value.is_object()) {
      json::append_quoted(out, each.key());
      out += ": ";
    }
    append_value(out, each);
  }
  out += value.is_object() ? '}' : ']';
}

std::string rewritten(std::string text) {
  json::Tree tree;
  return tree.parse(text) ? as_mlflow_writes(tree.root()) : text;
}

bool is_missing(std::string_view text) {
  return text.empty() || text == "nan" || text == "NaN" || text == "None" || text == "NaT";
}

}  // namespace

std::string as_mlflow_writes(json::Node value) {
  std::string out;
  append_value(out, value);
  return out;
}

bool is_text_row(json::Node row) {
  if (!row.is_object() || !row.first()) return false;
  for (json::Node cell = row.first(); cell; cell = cell.next()) {
    if (!cell.is_string()) return false;
  }
  return true;
}

std::string container_of_cell(json::Node cell) {
  if (cell.is_object() || cell.is_array()) return as_mlflow_writes(cell);
  if (!cell.is_string()) return {};
  std::string text = trimmed_text(cell);
  if (text.empty() || (text[0] != '{' && text[0] != '[' && text[0] != '(' && text.back() != ')'))
    return {};
  if ((text[0] == '{' || text[0] == '[') && is_json(text)) return rewritten(std::move(text));
  std::string json = json_of_python(text).value_or("");
  return !json.empty() && (json[0] == '{' || json[0] == '[') ? json : std::string();
}

std::string value_of_cell(json::Node cell, bool is_text) {
  if (!cell.present() || cell.kind() == json::Kind::Null) return {};
  if (!cell.is_string()) return as_mlflow_writes(cell);
  std::string json = container_of_cell(cell);
  if (!json.empty()) return json;
  if (!is_text) return as_mlflow_writes(cell);
  const std::string text = trimmed_text(cell);
  if (is_missing(text)) return {};
  if (text == "True") return "true";
  if (text == "False") return "false";
  // A number keeps its digits; a text in quotes is JSON of a column that was written as JSON.
  const char c = text[0];
  if ((c == '"' || c == '-' || (c >= '0' && c <= '9')) && is_json(text)) return text;
  return json::quoted(cell.text());
}

std::string text_of_cell(json::Node cell) {
  std::string text = cell.text_or_raw();
  return is_missing(text) ? std::string() : text;
}

bool is_index_column(std::string_view name) {
  return name.empty() || name == "index" || name == "level_0" || name.substr(0, 8) == "Unnamed:";
}

}  // namespace assay::convert
