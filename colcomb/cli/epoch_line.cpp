#include "colcomb/cli/epoch_line.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>

#include "colcomb/base/progress.hpp"

namespace colcomb::cli {

std::string epoch_line(const EpochRecord& r, std::size_t epochs) {
  std::string line =
      fmt::format("epoch {:>{}}/{}  lr {:.4f}  loss {:.4f}", r.epoch,
                  fmt::formatted_size("{}", epochs), epochs, r.learning_rate, r.train_loss);
  if (std::isfinite(r.validation_top1)) {
    line += fmt::format("  validation {:.2f}%", 100 * r.validation_top1);
  }
  return line +
         fmt::format(
             "  test {:.2f}%  nonzeros {}  packed {}  utilization {:.1f}%  retained {:.3f}  {}",
             100 * r.test_top1, r.nonzeros, r.packed_macs, 100 * r.utilization,
             r.retained_magnitude, format_duration(r.seconds));
}

void print_epoch(const EpochRecord& record, std::size_t epochs) {
  fmt::print("{}\n", epoch_line(record, epochs));
  std::fflush(stdout);
}

training::TrainData training_data(const OpenedData& data) {
  return {*data.train_set, *data.test_set,       data.train,          data.validation,
          data.test,       data.train_transform, data.test_transform, data.source};
}

}  // namespace colcomb::cli
