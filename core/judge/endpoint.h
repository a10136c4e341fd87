// Endpoint: which model judges, and how it is reached. Holds no key, only a reference to one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/judge/transport.h"

namespace assay::judge {

// How a provider wants to be asked.
enum class Api : uint8_t {
  Chat,       // POST …/chat/completions: OpenAI and all that follow it
  Responses,  // POST …/responses: OpenAI
  Messages,   // POST …/v1/messages: Anthropic
  Gemini,     // POST …/v1beta/models/MODEL:generateContent: Google
};

// What a page needs to know to call a provider. `key` stands in settings and in the model URI.
struct ProviderInfo {
  std::string_view key;
  std::string_view name;
  std::string_view base_url;  // "" = the user's own
  std::string_view model;     // an example
  Api api = Api::Chat;
  SecretPlacement secret_placement = SecretPlacement::BearerHeader;
  std::string_view secret_header = {};
  // Whether its server lets pages read the answers; the note of it is "cors.<key>" in the page's texts.
  enum class Pages : uint8_t { Allowed, NeedsSetting, Unknown } pages = Pages::Unknown;
};
constexpr size_t kProviders = 16;
const ProviderInfo (&providers())[kProviders];
const ProviderInfo& find_provider(std::string_view key);  // the last, "any compatible", when unknown

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
  Api api = Api::Chat;
  std::string preset;  // the provider's key; "" = OpenAI's API at any address
};

// Sets what the provider needs: API, headers, where the key goes, the label. Base address and model
// stay as they are.
void set_provider(Endpoint& endpoint, std::string_view provider_key);

// The address that a request goes to, for the endpoint's API and any base a person may type.
Result<std::string> request_url(const Endpoint& endpoint);

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
