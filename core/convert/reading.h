// Small things that several readers need, beside those of record_fields.h: counts and sums of
// money, expected answers, ids and ends of traces whose source tells none.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/convert/record_fields.h"

namespace assay::convert {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// One pair, where the value has content.
void keep_pair(json::Node value, std::string_view name, Pairs& out);
void keep_text(std::string_view value, std::string_view name, Pairs& out);

int64_t count_of(json::Node node);  // -1: no count
double usd_of(json::Node node);     // -1: no amount

// What the answer should have been, as an expectation; nothing where there is none.
void add_expected(json::Node value, std::string_view name, CanonicalTrace& trace);

// Texts or documents that were retrieved for the answer, as a RETRIEVER span below the trace's
// first span, where MLflow's retrieval judges look for them. Nothing where there are none.
void add_contexts(json::Node contexts, CanonicalTrace& trace);

// "folder/run 1.json" → "run 1": to derive ids from where a file tells none.
std::string file_stem(std::string_view file_name);

// An id for the record's trace where the source gives none: from the file's name and the record's
// contents, so that the same file read again gives the same one.
std::string derived_id(std::string_view file_name, std::string_view contents);

// Of a finished trace whose source tells no times: its spans begin and end at the trace's own time.
void close_untimed(CanonicalTrace& trace);

}  // namespace assay::convert
