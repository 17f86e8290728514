#include "colcomb/experiments/paper_values.hpp"

#include <algorithm>
#include <array>

namespace colcomb::experiments {
namespace {

constexpr auto kValues = std::to_array<PaperValue>({
#define COLCOMB_PAPER_VALUE(experiment, setting, quantity, value, unit, dataset, status) \
  {experiment, setting, quantity, value, unit, dataset, Status::status},
#include "colcomb/experiments/paper_values.def"
#undef COLCOMB_PAPER_VALUE
});

}  // namespace

const char* name_of(Status status) {
  return status == Status::kChecked ? "checked" : "recalled";
}

std::span<const PaperValue> paper_values() {
  return kValues;
}

const PaperValue* find_paper_value(std::string_view experiment, std::string_view setting,
                                   std::string_view quantity) {
  const auto* const found = std::ranges::find_if(kValues, [&](const PaperValue& value) {
    return value.experiment == experiment && value.setting == setting && value.quantity == quantity;
  });
  return found == kValues.end() ? nullptr : found;
}

}  // namespace colcomb::experiments
