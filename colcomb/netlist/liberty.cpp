#include "colcomb/netlist/liberty.hpp"

#include <fmt/format.h>

#include <cctype>
#include <optional>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::netlist {
namespace {

constexpr std::string_view kSigns = "(){}:;,";

/// Words, quoted texts and single signs; comments and line continuations are left out.
class Tokens {
 public:
  Tokens(std::string_view content, std::string where)
      : content_(content), where_(std::move(where)) {
    advance();
  }

  [[nodiscard]] const std::string& now() const { return now_; }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool is(char sign) const {
    return !ended_ && !quoted_ && now_.size() == 1 && now_[0] == sign;
  }
  bool skip(char sign) {
    if (!is(sign)) return false;
    advance();
    return true;
  }
  void expect(char sign) {
    if (!skip(sign)) refuse(fmt::format("must be '{}'", sign));
  }
  std::string take_text() {
    if (ended_ || (!quoted_ && now_.size() == 1 && kSigns.find(now_[0]) != std::string_view::npos))
      refuse("must be a name or a value");
    std::string text = now_;
    advance();
    return text;
  }
  [[noreturn]] void refuse(const std::string& rule) const {
    throw file_error(where_, fmt::format("line {}", line_), ended_ ? "the end" : now_, rule);
  }

 private:
  void advance() {
    skip_blanks();
    now_.clear();
    quoted_ = false;
    ended_ = at_ == content_.size();
    if (ended_) return;
    if (content_[at_] == '"') return take_quoted();
    if (kSigns.find(content_[at_]) != std::string_view::npos) {
      now_ = content_[at_++];
      return;
    }
    while (at_ < content_.size() && std::isspace(static_cast<unsigned char>(content_[at_])) == 0 &&
           kSigns.find(content_[at_]) == std::string_view::npos && content_[at_] != '"')
      now_ += content_[at_++];
  }

  void take_quoted() {
    quoted_ = true;
    const std::size_t begin = line_;
    for (++at_; at_ < content_.size() && content_[at_] != '"'; ++at_) {
      if (content_[at_] == '\n') ++line_;
      now_ += content_[at_];
    }
    if (at_ == content_.size())
      throw file_error(where_, fmt::format("line {}", begin), "a text", "must end with '\"'");
    ++at_;
  }

  void skip_blanks() {
    while (at_ < content_.size()) {
      const std::string_view rest = content_.substr(at_);
      if (rest.starts_with("/*")) {
        const std::size_t end = rest.find("*/");
        if (end == std::string_view::npos)
          throw file_error(where_, fmt::format("line {}", line_), "a comment",
                           "must end with '*/'");
        for (const char c : rest.substr(0, end)) line_ += c == '\n' ? 1U : 0U;
        at_ += end + 2;
      } else if (rest.starts_with("//")) {
        at_ = std::min(content_.size(), at_ + rest.find('\n'));
      } else if (rest[0] == '\\' || std::isspace(static_cast<unsigned char>(rest[0])) != 0) {
        if (rest[0] == '\n') ++line_;
        ++at_;
      } else {
        return;
      }
    }
  }

  std::string_view content_;
  std::string where_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::string now_;
  bool quoted_ = false;
  bool ended_ = false;
};

std::vector<std::string> take_names(Tokens& tokens) {
  std::vector<std::string> names;
  tokens.expect('(');
  while (!tokens.skip(')')) {
    names.push_back(tokens.take_text());
    tokens.skip(',');
  }
  return names;
}

void take_body(Tokens& tokens, LibertyGroup& group);

/// name : value;   name (a, b);   kind (names) { ... }
void take_statement(Tokens& tokens, LibertyGroup& group) {
  const std::string name = tokens.take_text();
  if (tokens.skip(':')) {
    // Some values are expressions of several words.
    std::vector<std::string> words = {tokens.take_text()};
    while (!tokens.is(';') && !tokens.is('}')) words.push_back(tokens.take_text());
    tokens.skip(';');
    group.attributes[name] = {fmt::format("{}", fmt::join(words, " "))};
    return;
  }
  std::vector<std::string> names = take_names(tokens);
  if (tokens.is('{')) {
    LibertyGroup& inner = group.groups.emplace_back();
    inner.kind = name;
    inner.names = std::move(names);
    return take_body(tokens, inner);
  }
  tokens.skip(';');
  group.attributes[name] = std::move(names);
}

void take_body(Tokens& tokens, LibertyGroup& group) {
  tokens.expect('{');
  while (!tokens.skip('}')) {
    if (tokens.ended()) tokens.refuse("must be '}' of " + group.kind);
    take_statement(tokens, group);
  }
  tokens.skip(';');
}

}  // namespace

std::string LibertyGroup::text(const std::string& name, const std::string& otherwise) const {
  const auto found = attributes.find(name);
  return found == attributes.end() || found->second.empty() ? otherwise : found->second.front();
}

LibertyGroup parse_liberty(std::string_view content, const std::string& where) {
  Tokens tokens(content, where);
  LibertyGroup library;
  library.kind = tokens.take_text();
  if (library.kind != "library") tokens.refuse("must come after 'library'");
  library.names = take_names(tokens);
  take_body(tokens, library);
  if (!tokens.ended()) tokens.refuse("must be the end");
  return library;
}

LibertyGroup load_liberty(const std::filesystem::path& path) {
  return parse_liberty(read_text_file(path), path.string());
}

}  // namespace colcomb::netlist
