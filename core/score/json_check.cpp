#include "core/score/json_check.h"

#include <cmath>

#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/search/regex.h"

namespace assay::score {
namespace {

using json::Doc;

constexpr int kMaxDepth = 64;  // of the schema; a $ref may lead in a circle

bool equal(const Doc& a, const Doc& b) {
  if (a.is_number() && b.is_number()) return a.get<double>() == b.get<double>();
  if (a.is_object() && b.is_object()) {
    if (a.size() != b.size()) return false;
    for (const auto& [key, value] : a.items()) {
      const Doc* other = json::find(b, key);
      if (other == nullptr || !equal(value, *other)) return false;
    }
    return true;
  }
  if (a.is_array() && b.is_array()) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
      if (!equal(a[i], b[i])) return false;
    }
    return true;
  }
  return a == b;
}

bool contains(const Doc& whole, const Doc& part) {
  if (part.is_object()) {
    if (!whole.is_object()) return false;
    for (const auto& [key, value] : part.items()) {
      const Doc* other = json::find(whole, key);
      if (other == nullptr || !contains(*other, value)) return false;
    }
    return true;
  }
  if (part.is_array()) {
    if (!whole.is_array()) return false;
    for (const Doc& wanted : part) {
      bool found = false;
      for (const Doc& element : whole) found = found || contains(element, wanted);
      if (!found) return false;
    }
    return true;
  }
  return equal(whole, part);
}

bool is_type(const Doc& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type != "integer" || !value.is_number()) return false;
  const double number = value.get<double>();
  return value.is_number_integer() || (std::isfinite(number) && number == std::floor(number));
}

class Checker {
 public:
  explicit Checker(const Doc& root) : root_(root) {}
  // True when the value holds; else, or after an error, `violation` or `error` says what.
  bool check(const Doc& value, const Doc& schema, const std::string& place, int depth);
  std::string violation, error;

 private:
  bool broken(const std::string& place, std::string what) {
    violation = (place.empty() ? std::string("the value") : place) + ": " + std::move(what);
    return false;
  }
  bool fault(std::string what) {
    if (error.empty()) error = std::move(what);
    return false;
  }
  bool check_keyword(const Doc& value, const Doc& schema, std::string_view key, const Doc& rule,
                     const std::string& place, int depth);
  bool check_number(const Doc& value, std::string_view key, const Doc& rule,
                    const std::string& place);
  bool check_size(const Doc& value, std::string_view key, const Doc& rule,
                  const std::string& place);
  bool check_members(const Doc& value, const Doc& schema, const std::string& place, int depth);
  bool check_items(const Doc& value, const Doc& rule, const std::string& place, int depth);
  bool check_choice(const Doc& value, std::string_view key, const Doc& rule,
                    const std::string& place, int depth);
  bool matches(std::string_view pattern, std::string_view text);
  const Doc& root_;
};

bool Checker::matches(std::string_view pattern, std::string_view text) {
  Result<search::Regex> regex = search::Regex::compile(pattern);
  if (!regex.ok()) {
    fault("The schema's pattern " + std::string(pattern) + ": " + regex.error().what);
    return false;
  }
  return regex.value().matches(text);
}

bool Checker::check_number(const Doc& value, std::string_view key, const Doc& rule,
                           const std::string& place) {
  if (!rule.is_number()) return fault(std::string(key) + " is no number");
  if (!value.is_number()) return true;
  const double number = value.get<double>(), limit = rule.get<double>();
  bool holds = true;
  if (key == "minimum") holds = number >= limit;
  if (key == "maximum") holds = number <= limit;
  if (key == "exclusiveMinimum") holds = number > limit;
  if (key == "exclusiveMaximum") holds = number < limit;
  if (key == "multipleOf") {
    const double times = number / limit;
    holds = limit > 0 && std::abs(times - std::round(times)) < 1e-9;
  }
  return holds || broken(place, json::dump(value) + " breaks " + std::string(key) + " " +
                                    json::dump(rule));
}

bool Checker::check_size(const Doc& value, std::string_view key, const Doc& rule,
                         const std::string& place) {
  if (!rule.is_number()) return fault(std::string(key) + " is no number");
  const bool of_text = key == "minLength" || key == "maxLength";
  const bool of_list = key == "minItems" || key == "maxItems";
  size_t size = 0;
  if (of_text) {
    if (!value.is_string()) return true;
    const std::string& text = value.get_ref<const std::string&>();
    for (size_t at = 0; at < text.size(); at += decode_utf8(text, at).size_bytes) ++size;
  } else if (of_list) {
    if (!value.is_array()) return true;
    size = value.size();
  } else {
    if (!value.is_object()) return true;
    size = value.size();
  }
  const double limit = rule.get<double>();
  const bool is_least = key.substr(0, 3) == "min";
  const auto count = static_cast<double>(size);
  if (is_least ? count >= limit : count <= limit) return true;
  return broken(place, "has " + std::to_string(size) + ", but " + std::string(key) + " is " +
                           json::dump(rule));
}

bool Checker::check_members(const Doc& value, const Doc& schema, const std::string& place,
                            int depth) {
  if (!value.is_object()) return true;
  const Doc* properties = json::find(schema, "properties");
  const Doc* patterns = json::find(schema, "patternProperties");
  const Doc* others = json::find(schema, "additionalProperties");
  for (const auto& [name, member] : value.items()) {
    const std::string inner = place.empty() ? name : place + "." + name;
    bool is_known = false;
    const Doc* rule = properties != nullptr ? json::find(*properties, name) : nullptr;
    if (rule != nullptr) {
      is_known = true;
      if (!check(member, *rule, inner, depth)) return false;
    }
    if (patterns != nullptr && patterns->is_object()) {
      for (const auto& [pattern, pattern_rule] : patterns->items()) {
        if (!matches(pattern, name)) continue;
        is_known = true;
        if (!check(member, pattern_rule, inner, depth)) return false;
      }
    }
    if (is_known || others == nullptr) continue;
    if (others->is_boolean()) {
      if (!others->get<bool>()) return broken(inner, "is not allowed");
    } else if (!check(member, *others, inner, depth)) {
      return false;
    }
  }
  return error.empty();
}

bool Checker::check_items(const Doc& value, const Doc& rule, const std::string& place, int depth) {
  if (!value.is_array()) return true;
  for (size_t i = 0; i < value.size(); ++i) {
    const std::string inner = place + "[" + std::to_string(i) + "]";
    if (rule.is_array()) {
      if (i < rule.size() && !check(value[i], rule[i], inner, depth)) return false;
    } else if (!check(value[i], rule, inner, depth)) {
      return false;
    }
  }
  return true;
}

bool Checker::check_choice(const Doc& value, std::string_view key, const Doc& rule,
                           const std::string& place, int depth) {
  if (!rule.is_array()) return fault(std::string(key) + " is no list");
  size_t held = 0;
  std::string first;
  for (const Doc& option : rule) {
    if (check(value, option, place, depth)) {
      ++held;
    } else {
      if (!error.empty()) return false;
      if (first.empty()) first = violation;
    }
  }
  violation.clear();
  if (key == "allOf" && held < rule.size()) {
    violation = first;
    return false;
  }
  if (key == "anyOf" && held == 0) return broken(place, "is none of anyOf (" + first + ")");
  if (key == "oneOf" && held != 1)
    return broken(place, "is " + std::to_string(held) + " of oneOf, not one");
  return true;
}

bool Checker::check_keyword(const Doc& value, const Doc& schema, std::string_view key,
                            const Doc& rule, const std::string& place, int depth) {
  const auto is = [key](std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
      if (name == key) return true;
    }
    return false;
  };
  if (is({"title", "description", "default", "examples", "format", "$schema", "$id", "$comment",
          "$defs", "definitions", "deprecated", "readOnly", "writeOnly"}))
    return true;
  if (key == "type") {
    if (rule.is_string() && is_type(value, rule.get<std::string>())) return true;
    if (rule.is_array()) {
      for (const Doc& type : rule) {
        if (type.is_string() && is_type(value, type.get<std::string>())) return true;
      }
    }
    return broken(place, "is not of the type " + json::dump(rule));
  }
  if (key == "enum") {
    if (!rule.is_array()) return fault("enum is no list");
    for (const Doc& allowed : rule) {
      if (equal(value, allowed)) return true;
    }
    return broken(place, "is none of " + json::dump(rule));
  }
  if (key == "const") return equal(value, rule) || broken(place, "is not " + json::dump(rule));
  if (is({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}))
    return check_number(value, key, rule, place);
  if (is({"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}))
    return check_size(value, key, rule, place);
  if (key == "pattern") {
    if (!value.is_string() || !rule.is_string()) return true;
    if (matches(rule.get<std::string>(), value.get<std::string>())) return true;
    return error.empty() && broken(place, "does not match " + json::dump(rule));
  }
  if (key == "required") {
    if (!value.is_object() || !rule.is_array()) return true;
    for (const Doc& name : rule) {
      if (name.is_string() && json::find(value, name.get<std::string>()) == nullptr)
        return broken(place, "lacks " + name.get<std::string>());
    }
    return true;
  }
  // The three go together; the first that is met checks them.
  if (key == "properties") return check_members(value, schema, place, depth);
  if (key == "patternProperties" || key == "additionalProperties") {
    const bool is_first = json::find(schema, "properties") == nullptr &&
                          (key == "patternProperties" ||
                           json::find(schema, "patternProperties") == nullptr);
    return !is_first || check_members(value, schema, place, depth);
  }
  if (key == "items" || key == "prefixItems") return check_items(value, rule, place, depth);
  if (key == "uniqueItems") {
    if (!value.is_array() || !rule.is_boolean() || !rule.get<bool>()) return true;
    for (size_t i = 0; i < value.size(); ++i) {
      for (size_t k = 0; k < i; ++k) {
        if (equal(value[i], value[k])) return broken(place, "has an element twice");
      }
    }
    return true;
  }
  if (is({"anyOf", "allOf", "oneOf"})) return check_choice(value, key, rule, place, depth);
  if (key == "not") {
    const bool holds = check(value, rule, place, depth);
    if (!error.empty()) return false;
    violation.clear();
    return !holds || broken(place, "is what it must not be");
  }
  return fault("The schema's keyword " + std::string(key) + " is not supported");
}

bool Checker::check(const Doc& value, const Doc& schema, const std::string& place, int depth) {
  if (!error.empty()) return false;
  if (depth > kMaxDepth) return fault("The schema is nested too deep, or refers to itself");
  if (schema.is_boolean()) return schema.get<bool>() || broken(place, "is not allowed");
  if (!schema.is_object()) return fault("A part of the schema is no object");
  if (const auto reference = json::get_string(schema, "$ref")) {
    const Doc* target = nullptr;
    if (*reference == "#") target = &root_;
    if (reference->rfind("#/", 0) == 0) {
      target = &root_;
      std::string_view path = std::string_view(*reference).substr(2);
      while (target != nullptr) {
        const size_t end = path.find('/');
        target = json::find(*target, path.substr(0, end));
        if (end == std::string_view::npos) break;
        path.remove_prefix(end + 1);
      }
    }
    if (target == nullptr) return fault("The schema refers to what is not in it: " + *reference);
    return check(value, *target, place, depth + 1);
  }
  for (const auto& [key, rule] : schema.items()) {
    if (!check_keyword(value, schema, key, rule, place, depth + 1)) return false;
  }
  return true;
}

}  // namespace

bool json_equal(std::string_view a, std::string_view b) {
  const Result<Doc> left = json::parse_doc(a), right = json::parse_doc(b);
  return left.ok() && right.ok() && equal(left.value(), right.value());
}

bool json_contains(std::string_view whole, std::string_view part) {
  const Result<Doc> left = json::parse_doc(whole), right = json::parse_doc(part);
  return left.ok() && right.ok() && contains(left.value(), right.value());
}

Result<std::string> schema_violation(std::string_view value_json, std::string_view schema_json) {
  const Result<Doc> schema = json::parse_doc(schema_json);
  if (!schema.ok())
    return make_error(ErrorCode::InvalidInput, "The schema is no valid JSON");
  const Result<Doc> value = json::parse_doc(value_json);
  if (!value.ok()) return std::string("the value: is no valid JSON");
  Checker checker(schema.value());
  const bool holds = checker.check(value.value(), schema.value(), {}, 0);
  if (!checker.error.empty()) return make_error(ErrorCode::Unsupported, checker.error);
  return holds ? std::string() : checker.violation;
}

}  // namespace assay::score
