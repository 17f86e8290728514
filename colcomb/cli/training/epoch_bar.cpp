#include "colcomb/cli/training/epoch_bar.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "colcomb/base/progress.hpp"

namespace colcomb::cli {

std::function<void(const training::BatchProgress&)> epoch_bar() {
  const auto bar = std::make_shared<std::optional<Progress>>();
  const bool terminal = on_terminal(stderr);
  return [bar, terminal](const training::BatchProgress& progress) {
    if (!*bar) {
      Progress::Options options;
      options.title = fmt::format("epoch {}/{}", progress.epoch, progress.epochs);
      options.total = progress.images;
      options.terminal = terminal;
      bar->emplace(options);
    }
    if (terminal || progress.note)
      (*bar)->update(progress.images_done, fmt::format("loss {:.3f}", progress.loss));
    if (progress.images_done == progress.images) bar->reset();
  };
}

}  // namespace colcomb::cli
