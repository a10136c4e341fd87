#include "core/app/completer.h"

#include <algorithm>

#include "core/base/late.h"

namespace assay::app {

namespace {

constexpr size_t kMostKnown = 12;

}  // namespace

Completer::Completer(const store::Dataset& dataset) : dataset_(dataset) {}
Completer::~Completer() = default;

Completer::Known* Completer::known() {
  const auto at = std::find_if(known_.begin(), known_.end(), [&](const Known& one) { return one.question == question_; });
  return at == known_.end() ? nullptr : &*at;
}

void Completer::make_offers() {
  offers_.clear();
  if (place_.kind == search::CompletionKind::None) return;
  // Where words of the grammar may stand, sentences go on as well: "last", "no", "since".
  const bool is_open = place_.kind == search::CompletionKind::Key || (place_.kind == search::CompletionKind::Word && !place_.is_order);
  if (is_open && place_.is_empty() && !on_demand_ && !place_.is_prefixed) return;
  const Known* texts = question_.empty() ? nullptr : known();
  const std::vector<search::CompletionText> none;
  offers_ = search::completions(place_, texts != nullptr ? texts->texts : none, kMostOffers);
}

void Completer::ask(std::string query, size_t caret_bytes, bool on_demand) {
  query_ = std::move(query);
  caret_bytes_ = caret_bytes;
  on_demand_ = on_demand;
  place_ = search::completion_place(query_, caret_bytes_);
  question_ = search::CompletionTexts::question_of(place_);
  std::erase_if(known_, [&](const Known& one) { return one.revision != dataset_.revision(); });
  if (!question_.empty() && known() == nullptr) {
    if (job_ == nullptr || job_question_ != question_ || job_->is_stale()) {
      job_ = std::make_unique<search::CompletionTexts>(dataset_, place_);
      job_question_ = question_;
    }
  } else {
    job_.reset();
  }
  make_offers();
}

void Completer::close() {
  query_.clear();
  caret_bytes_ = 0;
  place_ = {};
  question_.clear();
  job_.reset();
  offers_.clear();
}

void Completer::step(Budget& budget) {
  if (working()) call_late<&Completer::work>(*this, budget);
}

void Completer::work(Budget& budget) {
  const Progress progress = job_->step(budget);
  if (job_->is_stale()) {  // counted again with the next letter
    job_.reset();
    return;
  }
  if (progress == Progress::Working) return;
  if (known_.size() >= kMostKnown) known_.erase(known_.begin());
  known_.push_back({job_question_, dataset_.revision(), job_->texts(), job_->is_partial()});
  job_.reset();
  make_offers();
}

bool Completer::is_partial() const {
  for (const Known& one : known_) {
    if (one.question == question_) return one.is_partial;
  }
  return false;
}

Completer::Taken Completer::taken(size_t offer) const {
  if (offer >= offers_.size()) return {query_, caret_bytes_};
  std::string_view inserted = offers_[offer].inserted;
  // A blank that stands there already is not doubled.
  const bool blank_follows = place_.end_byte < query_.size() && query_[place_.end_byte] == ' ';
  Taken out;
  out.query = query_;
  size_t past = 0;
  if (inserted.ends_with(' ') && blank_follows) {
    inserted.remove_suffix(1);
    past = 1;
  }
  out.query.replace(place_.begin_byte, place_.end_byte - place_.begin_byte, inserted);
  out.caret_bytes = place_.begin_byte + inserted.size() + past;
  return out;
}

}  // namespace assay::app
