#include "colcomb/network/table_activation.hpp"

#include <vector>

namespace colcomb::network {
namespace {

/// Where the values of each number's row begin: 0, or of tables by row a number per channel of `x`.
torch::Tensor first_entries(const ActivationTable& table, const torch::Tensor& x) {
  const auto options = x.options().dtype(torch::kLong);
  if (!table.by_row()) return torch::zeros({1}, options);
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[1] = x.size(1);
  return (torch::arange(x.size(1), options) * static_cast<std::int64_t>(kTableEntries)).view(shape);
}

}  // namespace

torch::Tensor on_lines(const ActivationTable& table, const torch::Tensor& x, double most) {
  constexpr std::int64_t kLastLine = static_cast<std::int64_t>(kTableEntries) - 2;
  const auto values = torch::tensor(table.values).to(x.options());
  const auto inside = torch::clamp(x, 0, static_cast<double>(kLastLine + 1));
  const auto line = inside.detach().floor().clamp_max(static_cast<double>(kLastLine));
  const auto index = line.to(torch::kLong) + first_entries(table, x);
  const auto first = torch::take(values, index);
  const auto slope = torch::take(values, index + 1) - first;
  return torch::clamp(first + slope * (inside - line), 0, most);
}

torch::Tensor looked_up(const ActivationTable& table, const torch::Tensor& bytes) {
  const std::vector<std::uint8_t> integers = all_bytes_of(table);
  const std::vector<double> values(integers.begin(), integers.end());
  const auto index = bytes.detach().to(torch::kLong) + first_entries(table, bytes);
  return torch::take(torch::tensor(values).to(bytes.options()), index);
}

}  // namespace colcomb::network
