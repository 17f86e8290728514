#include "colcomb/cli/training/observers.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <memory>

#include "colcomb/base/progress.hpp"
#include "colcomb/cli/progress_bars.hpp"
#include "colcomb/cli/training/epoch_bar.hpp"
#include "colcomb/report/allocation_table.hpp"

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

pipeline::Observer text_observer(bool json) {
  const auto bars = std::make_shared<ProgressBars>();
  const auto say = [json, bars](const std::string& line) {
    bars->finish();
    std::FILE* const stream = json ? stderr : stdout;
    fmt::print(stream, "{}\n", line);
    std::fflush(stream);
  };
  pipeline::Observer observer;
  observer.stage = say;
  observer.epoch = [say](const EpochRecord& record, std::size_t epochs) {
    say(epoch_line(record, epochs));
  };
  observer.batch = epoch_bar();
  observer.allocation = [say](const AllocationReport& report, std::size_t steps_done) {
    say(fmt::format("pruning step {}: {}", steps_done, report::allocation_summary(report)));
  };
  observer.progress = [bars](const std::string& title, std::size_t done, std::size_t total) {
    bars->update(title, done, total);
  };
  return observer;
}

}  // namespace colcomb::cli
