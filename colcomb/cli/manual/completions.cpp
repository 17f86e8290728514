#include "colcomb/cli/manual/pages.hpp"

namespace colcomb::cli {
namespace {

std::string text(const Json& json, const char* field) {
  return json[field].get<std::string>();
}

std::string joined(const Json& words) {
  std::string result;
  for (const Json& word : words) result += (result.empty() ? "" : " ") + word.get<std::string>();
  return result;
}

/// The names of a command's flags, each followed by a blank.
std::string flags_of(const Json& command) {
  std::string flags;
  for (const Json& option : command["options"]) flags += joined(option["names"]) + " ";
  return flags;
}

/// The names of commands, each followed by a blank.
std::string names_of(const Json& commands) {
  std::string names;
  for (const Json& command : commands) names += text(command, "name") + " ";
  return names;
}

/// Every character of `special` with a backslash before it; line ends as blanks.
std::string escaped(const std::string& words, const std::string& special) {
  std::string result;
  for (const char c : words) {
    if (special.find(c) != std::string::npos) result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

/// Text within single quotes of a POSIX shell.
std::string in_quotes(const std::string& words) {
  std::string result = "'";
  for (const char c : words) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

}  // namespace

std::string bash_completion(const Json& app) {
  std::string cases;
  for (const Json& command : app["commands"]) {
    const std::string name = text(command, "name");
    cases += "    " + name + ")\n      words=\"" + flags_of(command) +
             names_of(command["commands"]) + "\"\n      case $before in\n";
    for (const Json& option : command["options"]) {
      if (text(option, "type").empty()) continue;
      std::string names;
      for (const Json& one : option["names"])
        names += (names.empty() ? "" : "|") + one.get<std::string>();
      cases += "        " + names + ") words=\"" + joined(option["choices"]) + "\" ;;\n";
    }
    cases += "      esac ;;\n";
  }
  return "# bash completion of colcomb\n"
         "_colcomb() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W \"" +
         names_of(app["commands"]) + flags_of(app) +
         "\" -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]} in\n" +
         cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -o default -F _colcomb colcomb\n";
}

std::string zsh_completion(const Json& app) {
  std::string commands;
  std::string cases;
  for (const Json& command : app["commands"]) {
    commands +=
        "    " + in_quotes(escaped(text(command, "name") + ":" + text(command, "text"), "")) + "\n";
    cases += "    " + text(command, "name") + ")\n      _arguments";
    for (const Json& option : command["options"]) {
      for (const Json& name : option["names"]) {
        std::string item =
            name.get<std::string>() + "[" + escaped(text(option, "text"), "[]\\:") + "]";
        const std::string type = text(option, "type");
        if (!option["choices"].empty()) {
          item += ":value:(" + joined(option["choices"]) + ")";
        } else if (!type.empty()) {
          item += ":" + type + ":_files";
        }
        cases += " \\\n        " + in_quotes(item);
      }
    }
    cases += " \\\n        '*:file:_files' ;;\n";
  }
  return "#compdef colcomb\n"
         "local -a commands\n"
         "commands=(\n" +
         commands +
         ")\n"
         "if (( CURRENT == 2 )); then\n"
         "  _describe command commands\n"
         "else\n"
         "  local command=$words[2]\n"
         "  shift words\n"
         "  (( CURRENT-- ))\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "fi\n";
}

std::string fish_completion(const Json& app) {
  std::string lines = "# fish completion of colcomb\n";
  for (const Json& command : app["commands"]) {
    const std::string name = text(command, "name");
    lines += "complete -c colcomb -n __fish_use_subcommand -a " + name + " -d '" +
             escaped(text(command, "text"), "'\\") + "'\n";
    for (const Json& option : command["options"]) {
      std::string names;
      for (const Json& one : option["names"]) {
        const std::string flag = one.get<std::string>();
        names += flag.starts_with("--") ? " -l " + flag.substr(2) : " -s " + flag.substr(1);
      }
      std::string values;
      if (!option["choices"].empty()) {
        values = " -x -a '" + joined(option["choices"]) + "'";
      } else if (!text(option, "type").empty()) {
        values = " -r";
      }
      lines += "complete -c colcomb -n '__fish_seen_subcommand_from " + name + "'" + names +
               values + " -d '" + escaped(text(option, "text"), "'\\") + "'\n";
    }
  }
  return lines;
}

}  // namespace colcomb::cli
