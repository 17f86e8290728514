#include "colcomb/netlist/waveform.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <unordered_map>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::netlist {
namespace {

class Reader {
 public:
  Reader(std::string_view text, std::string scope, double begin, double end, std::string where)
      : text_(text), scope_(std::move(scope)), begin_(begin), end_(end), where_(std::move(where)) {}

  Toggles read() {
    read_declarations();
    if (signals_.empty())
      throw file_error(where_, "scope", scope_, "must be declared, with signals");
    while (take()) take_change();
    Toggles toggles;
    for (auto& [code, signal] : signals_) {
      for (const std::string& name : signal.names) toggles.of[name] = signal.toggles;
    }
    toggles.nanoseconds = std::max(0.0, std::min(end_, now_) - begin_);
    return toggles;
  }

 private:
  struct Signal {
    std::vector<std::string> names;
    std::string value;                   // the highest bit first
    std::vector<std::uint64_t> toggles;  // the lowest bit first
  };

  /// The next word into word_.
  bool take() {
    const std::size_t begin = text_.find_first_not_of(" \t\r\n", at_);
    if (begin == std::string_view::npos) return false;
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n", begin), text_.size());
    word_ = text_.substr(begin, end - begin);
    at_ = end;
    return true;
  }
  std::string_view need() {
    if (!take()) throw file_error(where_, "the end", "missing", "must come after '$end'");
    return word_;
  }

  void read_declarations() {
    std::vector<std::string> scopes;
    while (need() != "$enddefinitions") {
      const std::string_view keyword = word_;
      if (keyword == "$scope") {
        need();
        scopes.emplace_back(need());
      } else if (keyword == "$upscope" && !scopes.empty()) {
        scopes.pop_back();
      } else if (keyword == "$timescale") {
        std::string unit(need());
        while (need() != "$end") unit += word_;
        set_unit(unit);
        continue;
      } else if (keyword == "$var" && !scopes.empty() && scopes.back() == scope_) {
        need();
        const auto width = std::strtoul(std::string(need()).c_str(), nullptr, 10);
        Signal& signal = signals_[std::string(need())];
        signal.names.emplace_back(need());
        signal.toggles.resize(width);
        signal.value.assign(width, 'x');
      }
      while (word_ != "$end") need();
    }
    while (word_ != "$end") need();
  }

  void set_unit(const std::string& text) {
    char* unit = nullptr;
    const double count = std::strtod(text.c_str(), &unit);
    const std::string name = unit;
    const double scale = name == "s"    ? 1e9
                         : name == "ms" ? 1e6
                         : name == "us" ? 1e3
                         : name == "ns" ? 1
                         : name == "ps" ? 1e-3
                         : name == "fs" ? 1e-6
                                        : 0;
    if (count <= 0 || scale == 0)
      throw file_error(where_, "$timescale", text, "must be a number and a unit of time");
    unit_ = count * scale;
  }

  void take_change() {
    if (word_[0] == '#') {
      now_ = std::strtod(std::string(word_.substr(1)).c_str(), nullptr) * unit_;
      return;
    }
    if (word_[0] == '$') return;  // $dumpvars ... $end around values
    if (word_[0] == 'b' || word_[0] == 'B') {
      const std::string value(word_.substr(1));
      return set(std::string(need()), value);
    }
    if (word_[0] == 'r') {
      need();
      return;
    }
    set(std::string(word_.substr(1)), std::string(word_.substr(0, 1)));
  }

  void set(const std::string& code, std::string value) {
    const auto found = signals_.find(code);
    if (found == signals_.end()) return;
    Signal& signal = found->second;
    const std::size_t width = signal.value.size();
    if (value.size() < width)
      value.insert(0, width - value.size(), value[0] == '1' ? '0' : value[0]);
    const bool counts = now_ >= begin_ && now_ < end_;
    for (std::size_t i = 0; i < width; ++i) {
      const char before = signal.value[i];
      const char after = value[value.size() - width + i];
      const bool toggles = (before == '0' && after == '1') || (before == '1' && after == '0');
      if (toggles && counts) ++signal.toggles[width - 1 - i];
      signal.value[i] = after;
    }
  }

  std::string_view text_;
  std::string scope_;
  double begin_;
  double end_;
  std::string where_;
  std::size_t at_ = 0;
  std::string_view word_;
  double unit_ = 1;  // ns
  double now_ = 0;
  std::unordered_map<std::string, Signal> signals_;  // by their codes
};

}  // namespace

Toggles count_toggles(std::string_view vcd, const std::string& scope, double begin, double end,
                      const std::string& where) {
  return Reader(vcd, scope, begin, end, where).read();
}

Toggles load_toggles(const std::filesystem::path& path, const std::string& scope, double begin,
                     double end) {
  return count_toggles(read_text_file(path), scope, begin, end, path.string());
}

}  // namespace colcomb::netlist
