#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

namespace colcomb {

/// How far a long piece of work has come: on a terminal one line redrawn in place with a bar, items
/// per second and time left; elsewhere a plain line at most every `plain_interval`. Goes to stderr,
/// so that results on stdout stay clean.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;  // of the time that is left

  /// What the bar says.
  struct Options {
    std::string title;            // in front of the bar
    std::size_t total = 0;        // steps; 0: not known
    std::string unit = "images";  // what a step is
    std::FILE* stream = stderr;   // where it is drawn
    bool terminal = false;        // redraw in place; see on_terminal()
    /// From line to line where the stream is no terminal.
    Clock::duration plain_interval = std::chrono::seconds(30);
  };

  /// Draws nothing yet.
  explicit Progress(Options options);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Clears an unfinished bar.
  ~Progress();

  /// `done` of total so far; `note` is shown at the line's end, e.g. "loss 0.512".
  void update(std::size_t done, const std::string& note = "");
  /// Removes the bar, so that the caller can print a line of its own.
  void finish();

  /// The line's text, without control characters.
  [[nodiscard]] static std::string line(const Options& options, std::size_t done,
                                        double elapsed_seconds, const std::string& note);

 private:
  Options options_;
  Clock::time_point start_;
  Clock::time_point last_;
  bool drawn_ = false;
};

[[nodiscard]] bool on_terminal(std::FILE* stream);

/// Seconds as "1h02m", "3m05s" or "12s".
[[nodiscard]] std::string format_duration(double seconds);

}  // namespace colcomb
