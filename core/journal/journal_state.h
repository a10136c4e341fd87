// The private structs of Journal; included by journal*.cpp only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/journal/journal.h"

namespace assay::journal {

struct Journal::Stored {
  uint64_t seq = 0;
  int64_t time_ms = 0;
  StringId author, session, txn, kind;
  int version = 1;
  bool background = false;
  std::string payload_json;
  std::string extra_json;
};

// The events of one session, sorted by (seq, content).
struct Journal::Known {
  struct Entry {
    uint64_t seq = 0;
    uint64_t content_hash = 0;
    uint32_t index = 0;
    friend bool operator<(const Entry& a, const Entry& b) {
      return a.seq != b.seq ? a.seq < b.seq : a.content_hash < b.content_hash;
    }
  };
  // The first place whose entry is not less.
  size_t lower_bound(const Entry& entry) const;
  void sort();

  StringId session;
  std::vector<Entry> entries;
};

struct Journal::Revert {
  uint32_t index = 0;  // of the event
  StringId txn;        // the transaction that reverts
  StringId target;     // the one that is reverted
};

}  // namespace assay::journal
