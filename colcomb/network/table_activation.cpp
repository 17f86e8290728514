#include "colcomb/network/table_activation.hpp"

#include <vector>

namespace colcomb::network {

torch::Tensor on_lines(const ActivationTable& table, const torch::Tensor& x, double most) {
  constexpr std::int64_t kLastLine = static_cast<std::int64_t>(kTableEntries) - 2;
  const auto values = torch::tensor(table.values).to(x.options());
  const auto inside = torch::clamp(x, 0, static_cast<double>(kLastLine + 1));
  const auto line = inside.detach().floor().clamp_max(static_cast<double>(kLastLine));
  const auto index = line.to(torch::kLong);
  const auto first = torch::take(values, index);
  const auto slope = torch::take(values, index + 1) - first;
  return torch::clamp(first + slope * (inside - line), 0, most);
}

torch::Tensor looked_up(const ActivationTable& table, const torch::Tensor& bytes) {
  const TableBytes integers = bytes_of(table);
  const std::vector<double> values(integers.begin(), integers.end());
  return torch::take(torch::tensor(values).to(bytes.options()), bytes.detach().to(torch::kLong));
}

}  // namespace colcomb::network
