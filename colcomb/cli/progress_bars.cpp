#include "colcomb/cli/progress_bars.hpp"

namespace colcomb::cli {

void ProgressBars::update(const std::string& title, std::size_t done, std::size_t total) {
  if (!progress_ || title != title_) {
    finish();
    Progress::Options options;
    options.title = title_ = title;
    options.total = total;
    options.terminal = on_terminal(stderr);
    progress_ = std::make_unique<Progress>(options);
  }
  progress_->update(done);
  if (done >= total) finish();
}

evaluation::ProgressObserver progress_bar(const std::string& title) {
  return [title, bars = std::make_shared<ProgressBars>()](std::size_t done, std::size_t total) {
    bars->update(title, done, total);
  };
}

}  // namespace colcomb::cli
