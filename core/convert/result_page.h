// Pages of results, as APIs answer them: {"data": […], "next_cursor"}, {"events": […]}, {"runs":
// […]} and so on, also lists in lists. Their elements are read one by one, each by its own format.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

constexpr std::string_view kResultPageName = "page of results";
Format result_page_format();  // after all specific formats

}  // namespace assay::convert
