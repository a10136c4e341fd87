// What the core says of a failure, in the page's language. The core says it in English, and so it stands in the
// journal and in MLflow's files (error_message), which are to read the same everywhere; here the sentence is found
// again among the patterns of ui/strings/failures.def. What is not found, a server's own words above all, stays as
// it is.
#pragma once

#include <string>
#include <string_view>

#include "core/store/assessment.h"
#include "ui/kit/i18n.h"

namespace assay::ui {

std::string failure_text(std::string_view message);  // in the current context's language
std::string failure_text(std::string_view message, kit::Language language);

// What is wrong with a query, or worth a word about it, likewise (ui/strings/queries.def).
std::string query_text(std::string_view message);
std::string query_text(std::string_view message, kit::Language language);

// The reason of a computed check likewise (ui/strings/reasons.def); all other reasons as they stand.
std::string reason_text(const store::Assessment& assessment);
std::string reason_text(const store::Assessment& assessment, kit::Language language);

}  // namespace assay::ui
