#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace colcomb::cli {

using Json = nlohmann::ordered_json;

/// Manual pages of a command line (description.hpp) by file name: colcomb.1, and colcomb-NAME.1 for
/// each command, in the roff of man(7). `version` stands in their footer; they hold no date.
[[nodiscard]] std::map<std::string, std::string> manual_pages(const Json& app,
                                                              const std::string& version);

/// Completion of commands, flags and the values of flags that have choices; of others, of files.
[[nodiscard]] std::string bash_completion(const Json& app);
[[nodiscard]] std::string zsh_completion(const Json& app);
[[nodiscard]] std::string fish_completion(const Json& app);

}  // namespace colcomb::cli
