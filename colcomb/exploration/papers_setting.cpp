#include "colcomb/exploration/papers_setting.hpp"

#include <algorithm>

namespace colcomb::exploration {
namespace {

/// Whether a setting is there and all of its values are `word`.
bool is(const Settings& settings, const char* name, const char* word) {
  const std::string* value = find(settings, name);
  if (value == nullptr) return false;
  const std::vector<std::string> words = words_of(name, *value, "");
  return !words.empty() &&
         std::ranges::all_of(words, [word](const auto& one) { return one == word; });
}

bool is_papers_combining(const Settings& settings) {
  return !is(settings, "combine.fit", "true") && find(settings, "combine.budget") == nullptr &&
         is(settings, "combine.alpha", "8") && is(settings, "combine.gamma", "0.5");
}

bool is_papers_training(const Settings& settings) {
  return is(settings, "train.schedule", "iterative") && is(settings, "train.fit", "false") &&
         find(settings, "train.budget") == nullptr && is(settings, "train.gamma", "0.5") &&
         (is(settings, "train.alpha", "8") || is(settings, "train.alphas", "8"));
}

}  // namespace

bool is_papers_setting(const Settings& settings) {
  const bool combines = std::ranges::any_of(
      settings, [](const auto& setting) { return setting.first.starts_with("combine."); });
  return combines ? is_papers_combining(settings) : is_papers_training(settings);
}

}  // namespace colcomb::exploration
