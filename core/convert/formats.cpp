// The list of all formats. An earlier one wins, so the more specific stand first.
#include "core/convert/mlflow_native.h"
#include "core/convert/otlp_json.h"

namespace assay::convert {

const std::vector<Format>& formats() {
  static const std::vector<Format> kFormats = {
      mlflow_trace_format(),
      otlp_json_format(),
  };
  return kFormats;
}

}  // namespace assay::convert
