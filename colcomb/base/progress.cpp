#include "colcomb/base/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace colcomb {

bool on_terminal(std::FILE* stream) {
  return ::isatty(::fileno(stream)) == 1;
}

std::string format_duration(double seconds) {
  const auto whole = static_cast<long>(std::lround(std::max(0.0, seconds)));
  if (whole >= 3600) return fmt::format("{}h{:02}m", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}s", whole);
}

Progress::Progress(Options options)
    : options_(std::move(options)), start_(Clock::now()), last_(start_) {}

Progress::~Progress() {
  finish();
}

std::string Progress::line(const Options& options, std::size_t done, double elapsed_seconds,
                           const std::string& note) {
  constexpr std::size_t kWidth = 24;
  const double fraction =
      options.total == 0 ? 0.0 : static_cast<double>(done) / static_cast<double>(options.total);
  const double rate = elapsed_seconds > 0 ? static_cast<double>(done) / elapsed_seconds : 0.0;
  std::string text = options.title;
  if (options.terminal) {
    const auto filled = static_cast<std::size_t>(std::min(1.0, fraction) * kWidth);
    text += fmt::format(" [{}{}]", std::string(filled, '#'), std::string(kWidth - filled, '.'));
  }
  text += fmt::format(" {:3.0f}% {}/{}", 100 * fraction, done, options.total);
  if (rate > 0) {
    const double left = static_cast<double>(options.total - std::min(done, options.total)) / rate;
    text += fmt::format(" {:.0f} {}/s, {} left", rate, options.unit, format_duration(left));
  }
  if (!note.empty()) text += "  " + note;
  return text;
}

void Progress::update(std::size_t done, const std::string& note) {
  const auto now = Clock::now();
  const auto interval =
      options_.terminal ? Clock::duration(std::chrono::milliseconds(100)) : options_.plain_interval;
  if (now - last_ < interval) return;
  last_ = now;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const std::string text = line(options_, done, elapsed, note);
  if (options_.terminal) {
    fmt::print(options_.stream, "\r\033[K{}", text);
    drawn_ = true;
  } else {
    fmt::print(options_.stream, "{}\n", text);
  }
  std::fflush(options_.stream);
}

void Progress::finish() {
  if (!drawn_) return;
  fmt::print(options_.stream, "\r\033[K");
  std::fflush(options_.stream);
  drawn_ = false;
}

}  // namespace colcomb
