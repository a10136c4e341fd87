#include <catch2/catch_test_macros.hpp>

#include "core/judge/endpoint.h"

using namespace assay;
using namespace assay::judge;

TEST_CASE("Any base address leads to the chat completions call") {
  struct Case {
    const char *base, *url;
  };
  const Case cases[] = {
      {"https://api.openai.com", "https://api.openai.com/v1/chat/completions"},
      {"https://api.openai.com/", "https://api.openai.com/v1/chat/completions"},
      {"https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"},
      {"https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions"},
      {"https://api.openai.com/v1///", "https://api.openai.com/v1/chat/completions"},
      {"https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1/chat/completions"},
      {"https://api.openai.com/v1/chat/completions/", "https://api.openai.com/v1/chat/completions"},
      {"  https://api.openai.com/v1 \n", "https://api.openai.com/v1/chat/completions"},
      {"HTTPS://api.openai.com", "https://api.openai.com/v1/chat/completions"},
      {"api.openai.com", "https://api.openai.com/v1/chat/completions"},
      {"localhost:11434", "http://localhost:11434/v1/chat/completions"},
      {"http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1/chat/completions"},
      {"[::1]:8080", "http://[::1]:8080/v1/chat/completions"},
      {"192.168.1.20:1234/v1", "http://192.168.1.20:1234/v1/chat/completions"},
      {"https://openrouter.ai/api", "https://openrouter.ai/api/v1/chat/completions"},
      {"https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/chat/completions"},
      {"https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1/chat/completions"},
      {"https://generativelanguage.googleapis.com/v1beta/openai/",
       "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions"},
      {"https://open.bigmodel.cn/api/paas/v4",
       "https://open.bigmodel.cn/api/paas/v4/chat/completions"},
      {"https://x.openai.azure.com/openai/deployments/gpt-4o?api-version=2024-10-21",
       "https://x.openai.azure.com/openai/deployments/gpt-4o/chat/"
       "completions?api-version=2024-10-21"},
      {"http://localhost:5000/gateway/mlflow/v1",
       "http://localhost:5000/gateway/mlflow/v1/chat/completions"},
      {"https://proxy.example/vendor", "https://proxy.example/vendor/v1/chat/completions"},
      {"https://h.example/v1#part", "https://h.example/v1/chat/completions"},
  };
  for (const Case& c : cases) {
    INFO(c.base);
    const Result<std::string> url = chat_url(c.base);
    REQUIRE(url.ok());
    CHECK(url.value() == c.url);
  }
}

TEST_CASE("An address that no request can go to is refused with the reason") {
  for (const char* base :
       {"", "   ", "ftp://host", "file:///etc/passwd", "javascript://x", "https://", "https://:80",
        "https://ho st/v1", "https://h/<script>", "http:///v1"}) {
    INFO(base);
    CHECK_FALSE(chat_url(base).ok());
  }
}

TEST_CASE("Credentials in an address are refused and not repeated") {
  const Result<std::string> url = chat_url("https://me:hunter2@host/v1");
  REQUIRE_FALSE(url.ok());
  CHECK(url.error().what.find("hunter2") == std::string::npos);
  CHECK(host_of("https://me:hunter2@host:8443/v1") == "host:8443");
}

TEST_CASE("Printed addresses hold no secrets") {
  CHECK(printable_url("https://me:hunter2@host/v1") == "https://host/v1");
  CHECK(printable_url("https://host/v1?api-version=1&api_key=s3cr3t&x=2") ==
        "https://host/v1?api-version=1&api_key=***&x=2");
  CHECK(printable_url("https://host/sk-abcdef123456/v1").find("abcdef") == std::string::npos);
  CHECK(printable_url("http://localhost:11434") == "http://localhost:11434");
}

TEST_CASE("Local hosts are told from others") {
  for (const char* host :
       {"localhost", "localhost:11434", "127.0.0.1:80", "[::1]:8080", "10.1.2.3",
        "192.168.0.9:1234", "172.16.0.1", "172.31.9.9", "nas.local", "a.localhost"}) {
    INFO(host);
    CHECK(is_local_host(host));
  }
  for (const char* host :
       {"api.openai.com", "172.32.0.1", "172.15.0.1", "11.0.0.1", "localhost.example.com", ""}) {
    INFO(host);
    CHECK_FALSE(is_local_host(host));
  }
}

TEST_CASE("The model URI has MLflow's form and length") {
  Endpoint endpoint;
  endpoint.model = "gpt-4.1-mini";
  CHECK(model_uri(endpoint) == "openai:/gpt-4.1-mini");
  endpoint.provider = "ollama";
  CHECK(model_uri(endpoint) == "ollama:/gpt-4.1-mini");
  endpoint.provider = "gateway:/mine";
  CHECK(model_uri(endpoint) == "gateway:/mine");
  endpoint.provider = "";
  endpoint.model = std::string(400, 'm');
  CHECK(model_uri(endpoint).size() == 250);
}
