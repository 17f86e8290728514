#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/base/error.hpp"
#include "colcomb/base/suggestion.hpp"

namespace colcomb::cli {

/// Adds a flag whose value is one of `choices`, named by its word; help lists the words. `value`
/// must outlive the parsing.
template <class Value, class Choice>
CLI::Option* add_choice_flag(CLI::App& command, const std::string& flag, Value& value,
                             const std::vector<std::pair<std::string, Choice>>& choices,
                             const std::string& description) {
  std::vector<std::string> words;
  std::string list;
  for (const auto& choice : choices) {
    words.push_back(choice.first);
    list += (list.empty() ? "" : ",") + choice.first;
  }
  return command
      .add_option_function<std::string>(
          flag,
          [&value, choices, words, flag](const std::string& word) {
            for (const auto& choice : choices) {
              if (choice.first != word) continue;
              value = choice.second;
              return;
            }
            throw usage_error(flag, word, must_be_one_of(word, words));
          },
          description)
      ->type_name("TEXT:{" + list + "}");
}

}  // namespace colcomb::cli
