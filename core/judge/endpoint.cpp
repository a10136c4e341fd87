#include "core/judge/endpoint.h"

#include "core/base/utf8.h"

namespace assay::judge {
namespace {

constexpr size_t kMaxSourceIdBytes = 250;

bool ends_with(std::string_view text, std::string_view tail) {
  return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// scheme://authority/path?query#fragment, cut apart; pieces are views into the text.
struct UrlParts {
  std::string_view scheme, authority, path, query;  // query with its '?'
};

UrlParts parts_of(std::string_view url) {
  UrlParts parts;
  const size_t colon = url.find("://");
  if (colon != std::string_view::npos) {
    parts.scheme = url.substr(0, colon);
    url.remove_prefix(colon + 3);
  }
  url = url.substr(0, url.find('#'));
  const size_t question = url.find('?');
  if (question != std::string_view::npos) {
    parts.query = url.substr(question);
    url = url.substr(0, question);
  }
  const size_t slash = url.find('/');
  parts.authority = url.substr(0, slash);
  if (slash != std::string_view::npos) parts.path = url.substr(slash);
  return parts;
}

// v1, v1beta, v4: the version that says where the API begins.
bool has_version_segment(std::string_view path) {
  for (size_t at = path.find("/v"); at != std::string_view::npos; at = path.find("/v", at + 1)) {
    if (at + 2 < path.size() && path[at + 2] >= '0' && path[at + 2] <= '9') return true;
  }
  return false;
}

bool smells_of_secret(std::string_view name) {
  const std::string lower = ascii_lower(name);
  for (const std::string_view part :
       {"key", "token", "sig", "secret", "password", "code", "auth"}) {
    if (has(lower, part)) return true;
  }
  return false;
}

Error bad_address(std::string what) {
  return make_error(ErrorCode::InvalidParameter, std::move(what));
}

std::string_view without_credentials(std::string_view authority) {
  const size_t at = authority.rfind('@');
  return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

}  // namespace

Result<std::string> chat_url(std::string_view base_url) {
  Endpoint endpoint;
  endpoint.base_url = base_url;
  return request_url(endpoint);
}

const ProviderInfo (&providers())[kProviders] {
  using P = ProviderInfo::Pages;
  constexpr SecretPlacement kBearer = SecretPlacement::BearerHeader;
  constexpr SecretPlacement kNamed = SecretPlacement::NamedHeader;
  static constexpr ProviderInfo kList[] = {
      {"openai", "OpenAI", "https://api.openai.com/v1", "gpt-4.1-mini", Api::Chat, kBearer, {},
       P::Allowed},
      {"openai-responses", "OpenAI (Responses)", "https://api.openai.com/v1", "gpt-4.1-mini",
       Api::Responses, kBearer, {}, P::Allowed},
      {"azure", "Azure OpenAI", "https://NAME.openai.azure.com/openai/v1", "gpt-4.1-mini",
       Api::Chat, kNamed, "api-key", P::Unknown},
      {"anthropic", "Anthropic", "https://api.anthropic.com", "claude-haiku-4-5", Api::Messages,
       kNamed, "x-api-key", P::Allowed},
      {"gemini", "Google Gemini", "https://generativelanguage.googleapis.com/v1beta",
       "gemini-2.5-flash", Api::Gemini, kNamed, "x-goog-api-key", P::Allowed},
      {"mistral", "Mistral", "https://api.mistral.ai/v1", "mistral-small-latest", Api::Chat,
       kBearer, {}, P::Allowed},
      {"openrouter", "OpenRouter", "https://openrouter.ai/api/v1", "openai/gpt-4.1-mini", Api::Chat,
       kBearer, {}, P::Allowed},
      {"groq", "Groq", "https://api.groq.com/openai/v1", "llama-3.3-70b-versatile", Api::Chat,
       kBearer, {}, P::Allowed},
      {"deepseek", "DeepSeek", "https://api.deepseek.com/v1", "deepseek-chat", Api::Chat, kBearer,
       {}, P::Unknown},
      {"xai", "xAI", "https://api.x.ai/v1", "grok-3-mini", Api::Chat, kBearer, {}, P::Unknown},
      {"ollama", "Ollama", "http://localhost:11434/v1", "llama3.1", Api::Chat, kBearer, {},
       P::NeedsSetting},
      {"lmstudio", "LM Studio", "http://localhost:1234/v1", "local-model", Api::Chat, kBearer, {},
       P::NeedsSetting},
      {"vllm", "vLLM", "http://localhost:8000/v1", "Qwen/Qwen2.5-7B-Instruct", Api::Chat, kBearer,
       {}, P::NeedsSetting},
      {"llamacpp", "llama.cpp", "http://localhost:8080/v1", "default", Api::Chat, kBearer, {},
       P::Allowed},
      {"gateway", "MLflow AI Gateway", "http://localhost:5000/gateway/mlflow/v1", "my-endpoint",
       Api::Chat, kBearer, {}, P::NeedsSetting},
      {"custom", "Any compatible address", "", "", Api::Chat, kBearer, {}, P::Unknown},
  };
  return kList;
}

const ProviderInfo& find_provider(std::string_view key) {
  for (const ProviderInfo& provider : providers()) {
    if (provider.key == key) return provider;
  }
  return providers()[kProviders - 1];
}

void set_provider(Endpoint& endpoint, std::string_view provider_key) {
  const ProviderInfo& provider = find_provider(provider_key);
  endpoint.api = provider.api;
  endpoint.preset = provider.key == "custom" ? std::string_view() : provider.key;
  endpoint.secret_placement = provider.secret_placement;
  endpoint.secret_header = provider.secret_header;
  // The labels of MLflow's model URIs.
  endpoint.provider = provider.key == "openai-responses" || provider.key == "custom"
                          ? std::string_view("openai")
                          : provider.key;
  endpoint.extra_headers.clear();
  if (provider.api == Api::Messages) {
    endpoint.extra_headers.push_back({"anthropic-version", "2023-06-01"});
    // Without it Anthropic refuses calls from pages.
    endpoint.extra_headers.push_back({"anthropic-dangerous-direct-browser-access", "true"});
  }
}

Result<std::string> request_url(const Endpoint& endpoint) {
  std::string base(trimmed(endpoint.base_url));
  if (base.empty())
    return bad_address("The judge has no address; enter the base address of its API");
  for (const char c : base) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '<' || c == '>') {
      return bad_address("The judge's address holds a space or a character that no address has");
    }
  }
  if (!has(base, "://")) {
    base.insert(0, is_local_host(host_of(base)) ? "http://" : "https://");
  }
  const UrlParts parts = parts_of(base);
  const std::string scheme = ascii_lower(parts.scheme);
  if (scheme != "http" && scheme != "https") {
    return bad_address("The judge's address must begin with https:// or http://, not " + scheme +
                       "://");
  }
  if (has(parts.authority, "@")) {
    return bad_address(
        "The judge's address holds a user name or password, which browsers refuse; put the key "
        "into "
        "the key field");
  }
  if (parts.authority.empty() || parts.authority.front() == ':') {
    return bad_address("The judge's address names no host");
  }
  std::string path(parts.path);
  while (!path.empty() && path.back() == '/')
    path.pop_back();
  std::string tail = "/chat/completions";
  std::string_view version = "/v1";
  if (endpoint.api == Api::Responses) tail = "/responses";
  if (endpoint.api == Api::Messages) tail = "/messages";
  if (endpoint.api == Api::Gemini) {
    version = "/v1beta";
    const std::string_view model = endpoint.model;
    tail = model.substr(0, 7) == "models/" ? "/" : "/models/";
    for (const char c : model) {
      if (static_cast<unsigned char>(c) <= ' ' || c == '?' || c == '#' || c == '%')
        return bad_address("The model's name holds a character that no address has");
      tail += c;
    }
    tail += ":generateContent";
  }
  if (!ends_with(path, tail)) {
    const bool begins_at_base = has_version_segment(path) || has(path, "/deployments/");
    if (!begins_at_base) path += version;
    path += tail;
  }
  return scheme + "://" + std::string(parts.authority) + path + std::string(parts.query);
}

std::string host_of(std::string_view url) {
  return ascii_lower(without_credentials(parts_of(trimmed(url)).authority));
}

bool is_local_host(std::string_view host) {
  std::string_view name = host;
  if (!name.empty() && name.front() == '[') {
    name = name.substr(0, name.find(']') + 1);
    return name == "[::1]";
  }
  name = name.substr(0, name.find(':'));
  if (name == "localhost" || ends_with(name, ".localhost") || ends_with(name, ".local"))
    return true;
  const auto begins = [name](std::string_view with) { return name.substr(0, with.size()) == with; };
  if (begins("127.") || begins("10.") || begins("192.168.") || name == "0.0.0.0") return true;
  for (int second = 16; second < 32; ++second) {
    if (begins("172." + std::to_string(second) + ".")) return true;
  }
  return false;
}

std::string printable_url(std::string_view url) {
  const UrlParts parts = parts_of(trimmed(url));
  std::string out;
  if (!parts.scheme.empty()) out += std::string(parts.scheme) + "://";
  out += without_credentials(parts.authority);
  out += parts.path;
  size_t begin = 0;
  while (begin < parts.query.size()) {
    size_t end = parts.query.find('&', begin + 1);
    if (end == std::string_view::npos) end = parts.query.size();
    const std::string_view pair = parts.query.substr(begin, end - begin);  // with its ? or &
    const size_t equals = pair.find('=');
    if (equals != std::string_view::npos && smells_of_secret(pair.substr(1, equals - 1))) {
      out += std::string(pair.substr(0, equals)) + "=***";
    } else {
      out += pair;
    }
    begin = end;
  }
  return redact_key_like(out);
}

std::string model_uri(const Endpoint& endpoint) {
  std::string uri = endpoint.provider.empty() ? std::string("openai") : endpoint.provider;
  // A custom label that is a URI already stands for itself.
  if (!has(uri, ":/")) uri += ":/" + endpoint.model;
  uri.resize(utf8_prefix(uri, kMaxSourceIdBytes).size());
  return uri;
}

}  // namespace assay::judge
