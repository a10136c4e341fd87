#include "core/search/filter.h"

namespace assay::search {

bool is_span_field(Field field) {
  switch (field) {
    case Field::SpanName:
    case Field::SpanType:
    case Field::SpanStatus:
    case Field::SpanContent:
    case Field::SpanAttribute:
      return true;
    default:
      return false;
  }
}

std::string_view comparator_text(Comparator comparator) {
  switch (comparator) {
    case Comparator::Equal:
      return "=";
    case Comparator::NotEqual:
      return "!=";
    case Comparator::Less:
      return "<";
    case Comparator::LessEqual:
      return "<=";
    case Comparator::Greater:
      return ">";
    case Comparator::GreaterEqual:
      return ">=";
    case Comparator::Like:
      return "LIKE";
    case Comparator::ILike:
      return "ILIKE";
    case Comparator::RLike:
      return "RLIKE";
    case Comparator::In:
      return "IN";
    case Comparator::NotIn:
      return "NOT IN";
    case Comparator::IsNull:
      return "IS NULL";
    case Comparator::IsNotNull:
      return "IS NOT NULL";
  }
  return "";
}

}  // namespace assay::search
