#include "colcomb/cli/manual/pages.hpp"

#include <algorithm>

namespace colcomb::cli {
namespace {

std::string text(const Json& json, const char* field) {
  return json[field].get<std::string>();
}

/// Text as roff reads it: hyphens that can be copied, no accidental requests.
std::string roff(const std::string& words) {
  std::string result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const char c = words[i];
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if ((c == '.' || c == '\'') && (i == 0 || words[i - 1] == '\n')) {
      result += std::string("\\&") + c;
    } else {
      result += c;
    }
  }
  return result;
}

std::string joined(const Json& words, const std::string& between) {
  std::string result;
  for (const Json& word : words)
    result += (result.empty() ? "" : between) + word.get<std::string>();
  return result;
}

std::string upper(std::string word) {
  std::ranges::transform(word, word.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return word;
}

/// What stands behind a flag's name.
std::string value_of(const Json& option) {
  if (text(option, "type").empty()) return "";
  if (!option["choices"].empty()) return joined(option["choices"], "|");
  return text(option, "type") + (option["repeated"].get<bool>() ? " ..." : "");
}

std::string item(const Json& option, bool positional) {
  std::string head;
  for (const Json& name : option["names"]) {
    if (positional && name.get<std::string>().starts_with('-')) continue;
    head += (head.empty() ? "" : ", ") + ("\\fB" + roff(name.get<std::string>()) + "\\fR");
  }
  const std::string value = value_of(option);
  if (!value.empty()) head += " \\fI" + roff(value) + "\\fR";
  std::string body = roff(text(option, "text"));
  if (option["required"].get<bool>()) body += " (required)";
  if (!text(option, "rule").empty()) body += " (" + roff(text(option, "rule")) + ")";
  if (!text(option, "default").empty()) body += " [" + roff(text(option, "default")) + "]";
  return ".TP\n" + head + "\n" + body + "\n";
}

std::string synopsis(const Json& command, const std::string& words) {
  std::string line = "\\fB" + roff(words) + "\\fR";
  if (!command["options"].empty()) line += " [\\fIOPTIONS\\fR]";
  for (const Json& positional : command["positionals"]) {
    const std::string name = roff(positional["names"].back().get<std::string>());
    line +=
        positional["required"].get<bool>() ? " \\fI" + name + "\\fR" : " [\\fI" + name + "\\fR]";
  }
  return line + "\n";
}

std::string sections(const Json& command, const std::string& words) {
  std::string body;
  if (!command["positionals"].empty()) body += ".SH ARGUMENTS\n";
  for (const Json& positional : command["positionals"]) body += item(positional, true);
  if (!command["options"].empty()) body += ".SH OPTIONS\n";
  for (const Json& option : command["options"]) body += item(option, false);
  for (const Json& nested : command["commands"]) {
    const std::string name = words + " " + text(nested, "name");
    body += ".SH " + upper(roff(name)) + "\n" + synopsis(nested, name) + ".PP\n" +
            roff(text(nested, "text")) + "\n";
    for (const Json& positional : nested["positionals"]) body += item(positional, true);
    for (const Json& option : nested["options"]) body += item(option, false);
  }
  return body;
}

std::string head(const std::string& name, const std::string& version, const std::string& text) {
  return ".TH " + upper(roff(name)) + " 1 \"\" \"colcomb " + version +
         "\" \"User Commands\"\n.SH NAME\n" + roff(name) + " \\- " + roff(text) + "\n";
}

/// The first sentence or line, without a full stop.
std::string brief(const std::string& words) {
  const std::string line = words.substr(0, words.find_first_of(":;\n"));
  return line.ends_with('.') ? line.substr(0, line.size() - 1) : line;
}

}  // namespace

std::map<std::string, std::string> manual_pages(const Json& app, const std::string& version) {
  std::map<std::string, std::string> pages;
  const std::string program = text(app, "name");
  std::string all =
      head(program, version, "pack sparse convolutional networks for systolic arrays") +
      ".SH SYNOPSIS\n\\fB" + program + "\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n" +
      ".SH DESCRIPTION\n" + roff(text(app, "text")) + "\n.SH COMMANDS\n";
  std::string also;
  for (const Json& command : app["commands"]) {
    const std::string name = program + "-" + text(command, "name");
    all += ".TP\n\\fB" + roff(name) + "\\fR(1)\n" + roff(text(command, "text")) + "\n";
    also += (also.empty() ? "" : ",\n") + (".BR " + roff(name) + " (1)");
    const std::string words = program + " " + text(command, "name");
    pages[name + ".1"] = head(name, version, brief(text(command, "text"))) + ".SH SYNOPSIS\n" +
                         synopsis(command, words) + ".SH DESCRIPTION\n" +
                         roff(text(command, "text")) + "\n" + sections(command, words) +
                         ".SH SEE ALSO\n.BR " + program + " (1)\n";
  }
  all += ".SH OPTIONS\n";
  for (const Json& option : app["options"]) all += item(option, false);
  all += ".SH EXIT STATUS\n0: done; 1: the work could not be done; 2: the request was wrong.\n";
  pages[program + ".1"] = all;
  return pages;
}

}  // namespace colcomb::cli
