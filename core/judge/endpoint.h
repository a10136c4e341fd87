// Endpoint: which model judges, and how it is reached. Holds no key, only a reference to one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/judge/transport.h"

namespace assay::judge {

struct Endpoint {
  std::string base_url;  // as the user typed it
  std::string model;
  std::string provider = "openai";  // the label in the model URI: "openai:/gpt-4.1-mini"
  double temperature = 0;
  int max_output_tokens = 0;      // 0 = the server's own limit
  bool structured_output = true;  // ask for response_format json_schema where the server takes it
  std::vector<Header> extra_headers;  // values are never printed or journalled
  SecretRef secret;                   // lives as long as the process
  SecretPlacement secret_placement = SecretPlacement::BearerHeader;
  std::string secret_header;
};

// The address of the chat completions call for any base a person may type: with or without a
// scheme, a trailing slash, /v1, /chat/completions, a query (Azure's api-version). An error says
// what is wrong with the address; it never repeats credentials that stand in it.
Result<std::string> chat_url(std::string_view base_url);

// "api.openai.com", "localhost:11434"; "" when there is none.
std::string host_of(std::string_view url);
// Whether the address is this machine or the local network (hints differ for those).
bool is_local_host(std::string_view host);
// The address without user:password@, and with *** for query values whose name smells of a secret.
std::string printable_url(std::string_view url);

// MLflow's model URI: "openai:/gpt-4.1-mini"; source_id of the verdicts (at most 250 characters).
std::string model_uri(const Endpoint& endpoint);

}  // namespace assay::judge
