#include <catch2/catch_test_macros.hpp>

#include "core/score/redact.h"

using namespace assay::score;

TEST_CASE("What looks like a secret is hidden, and nothing else") {
  RedactionRules rules;
  const auto hidden = [&](const std::string& text) { return redacted(text, rules).text; };
  CHECK(hidden("key sk-abcdefghijklmnopqrstuv, go") == "key [key], go");
  CHECK(hidden("AKIAIOSFODNN7EXAMPLE") == "[key]");
  CHECK(hidden("risk-management of the task-force") == "risk-management of the task-force");
  CHECK(hidden("sk-1") == "sk-1");
  CHECK(hidden("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb") ==
        "a\n[private key]\nb");
  CHECK(hidden("-----BEGIN PRIVATE KEY-----\nMIIE") == "[private key]");
  CHECK(hidden("mail me: ada@example.com") == "mail me: ada@example.com");
  rules.emails = true;
  CHECK(hidden("ada.l@example.com, or a@b; x@y.org.") == "[e-mail], or a@b; [e-mail].");
  CHECK(redacted("a@b.de a@b.de", rules).count == 2);
}

TEST_CASE("Own patterns are texts, or regular expressions between slashes") {
  RedactionRules rules{false, false, "Hill & Sons\n/^C-\\d+$/\n"};
  CHECK(redacted("Hill & Sons has C-1234 and C-x", rules).text == "[hidden] has [hidden] and C-x");
  CHECK(redaction_error(rules).empty());
  rules.patterns = "/Order \\d+/";
  CHECK(redacted("the Order 1234 of May", rules).text == "the [hidden] of May");
  rules.patterns = "/a( \\w+){9} z/";
  CHECK(redacted("x a 1 2 3 4 5 6 7 8 9 z", rules).text == "[hidden]");
  rules.patterns = "/(/";
  CHECK_FALSE(redaction_error(rules).empty());
  CHECK(redacted("(x", rules).text == "(x");
}

TEST_CASE("All texts of a trace are redacted") {
  assay::judge::TraceInput input;
  const std::string secret = "ACME-77";
  input.request = input.response = input.expected_response = input.trace_text = secret;
  input.expected_facts = {secret};
  input.context = {{secret, secret}};
  assay::judge::ToolCall call;
  call.arguments_json = call.result = call.error = secret;
  input.tools = {call};
  input.turns = {{secret, secret, {call}}};
  CHECK(redact_input(input, {false, false, secret}) == 15);
  CHECK(redact_input(input, {false, false, secret}) == 0);
}
