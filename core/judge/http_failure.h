// Failures that a server reports, in plain words. Part of core/judge; not for others.
#pragma once

#include <string_view>

#include "core/judge/reply.h"

namespace assay::judge {

// A reply with a status that is no success.
JudgeFailure http_failure(int status, const HttpReply& reply, std::string_view host,
                          std::string_view model, TimeMs now_ms);

// {"error": …} in a reply with status 200: judged by its code or type, as if the status had said
// so. `error_json` is the error's value; `reply` gives the headers.
JudgeFailure error_in_reply(std::string_view error_json, const HttpReply& reply,
                            std::string_view host, std::string_view model, TimeMs now_ms);

}  // namespace assay::judge
