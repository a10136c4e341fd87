// Helicone's export of requests: one record a request to a model, with its bodies, properties,
// scores and feedback. One trace a request; Helicone's sessions are sessions.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format helicone_format();

}  // namespace assay::convert
