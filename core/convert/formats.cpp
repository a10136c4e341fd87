// The list of all formats. An earlier one wins, so the more specific stand first.
#include "core/convert/atif.h"
#include "core/convert/braintrust.h"
#include "core/convert/chat.h"
#include "core/convert/claude_code.h"
#include "core/convert/codex.h"
#include "core/convert/deepeval.h"
#include "core/convert/docent.h"
#include "core/convert/helicone.h"
#include "core/convert/huggingface_sts.h"
#include "core/convert/inspect.h"
#include "core/convert/jaeger.h"
#include "core/convert/langfuse.h"
#include "core/convert/langsmith.h"
#include "core/convert/mlflow_dataframe.h"
#include "core/convert/mlflow_dataset.h"
#include "core/convert/mlflow_evaluate.h"
#include "core/convert/mlflow_export_import.h"
#include "core/convert/mlflow_native.h"
#include "core/convert/mlflow_old_ui.h"
#include "core/convert/mlflow_rest.h"
#include "core/convert/openai_agents.h"
#include "core/convert/opik.h"
#include "core/convert/otlp_json.h"
#include "core/convert/phoenix.h"
#include "core/convert/promptfoo.h"
#include "core/convert/ragas.h"
#include "core/convert/result_page.h"
#include "core/convert/weave.h"

namespace assay::convert {

const std::vector<Format>& formats() {
  static const std::vector<Format> kFormats = {
      mlflow_trace_format(),
      mlflow_dataframe_format(),
      mlflow_rest_format(),
      mlflow_export_import_format(),
      mlflow_old_ui_format(),
      mlflow_dataset_format(),
      mlflow_evaluate_format(),
      pandas_json_format(),
      otlp_json_format(),
      langfuse_download_format(),
      langfuse_session_format(),
      langfuse_rows_format(),
      phoenix_spans_format(),
      phoenix_rows_format(),
      otel_console_format(),
      langsmith_format(),
      braintrust_format(),
      weave_format(),
      opik_format(),
      openai_agents_format(),
      jaeger_format(),
      atif_format(),
      claude_code_format(),
      codex_format(),
      huggingface_sts_format(),
      inspect_format(),
      promptfoo_format(),
      deepeval_format(),
      docent_format(),
      tau_bench_format(),
      ragas_format(),
      helicone_format(),
      flat_span_format(),
      result_page_format(),
      chat_format(),  // anything with messages, and tables: the last
  };
  return kFormats;
}

}  // namespace assay::convert
