#include "colcomb/dataset/pickle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "colcomb/base/error.hpp"

namespace colcomb::dataset {

/// The stack machine that a pickle is a program of. Values are made once and named by their number,
/// so that what the program holds many times is stored once.
class PickleMachine {
 public:
  explicit PickleMachine(PickledDictionary& result) : result_(result) {}

  void run() {
    if (next() != 0x80) fail("must begin with the protocol of a binary pickle");
    const std::uint8_t protocol = next();
    if (protocol < 2 || protocol > 4) fail(fmt::format("protocol {}: must be 2 to 4", protocol));
    while (step(next())) {
    }
    keep(pop());
  }

 private:
  enum class Kind : std::uint8_t {
    kNone,
    kInteger,
    kText,
    kSequence,  // list or tuple
    kDictionary,
    kName,  // of a constructor: see kNames
    kByteType,
    kMatrix,
  };
  using Number = std::uint32_t;  // of a value
  struct Value {
    Kind kind = Kind::kNone;
    std::int64_t integer = 0;  // or the index in kNames
    std::string_view text;
    std::vector<Number> items;  // of a dictionary: key, value, key, value, ...
    PickledDictionary::Matrix matrix;
  };
  enum Constructor : std::uint8_t { kReconstruct, kArray, kType };
  static constexpr std::array<std::pair<std::string_view, Constructor>, 4> kNames = {{
      {"numpy.core.multiarray _reconstruct", kReconstruct},
      {"numpy._core.multiarray _reconstruct", kReconstruct},
      {"numpy ndarray", kArray},
      {"numpy dtype", kType},
  }};

  /// What is kept of the dictionary, so that a small file cannot name one list under many keys.
  static constexpr std::array<std::string_view, 7> kKeys = {
      "data",        "labels",           "fine_labels",       "coarse_labels",
      "label_names", "fine_label_names", "coarse_label_names"};

  [[noreturn]] void fail(const std::string& what) const {
    throw file_error(result_.file_, fmt::format("byte {}", at_), "",
                     what + " (read is what the Python release of CIFAR holds, nothing else)");
  }

  std::uint8_t next() {
    if (at_ >= result_.content_.size()) fail("the pickle ends without a stop");
    return static_cast<std::uint8_t>(result_.content_[at_++]);
  }
  std::uint64_t little_endian(std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{next()} << (8 * i);
    return value;
  }
  std::string_view text(std::uint64_t length) {
    if (length > result_.content_.size() - at_) fail(fmt::format("a text of {} bytes", length));
    const char* const begin = reinterpret_cast<const char*>(result_.content_.data()) + at_;
    at_ += length;
    return {begin, length};
  }
  std::string_view line() {
    const std::size_t begin = at_;
    while (next() != '\n') {
    }
    return {reinterpret_cast<const char*>(result_.content_.data()) + begin, at_ - begin - 1};
  }

  Number push(Value value) {
    values_.push_back(std::move(value));
    const auto number = static_cast<Number>(values_.size() - 1);
    stack_.push_back(number);
    return number;
  }
  void push_integer(std::int64_t value) {
    push({.kind = Kind::kInteger, .integer = value, .text = {}, .items = {}, .matrix = {}});
  }
  void push_text(std::string_view value) {
    push({.kind = Kind::kText, .integer = 0, .text = value, .items = {}, .matrix = {}});
  }
  void push_kind(Kind kind, std::vector<Number> items = {}) {
    push({.kind = kind, .integer = 0, .text = {}, .items = std::move(items), .matrix = {}});
  }
  Number pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("takes from an empty stack");
    const Number top = stack_.back();
    stack_.pop_back();
    return top;
  }
  Value& top() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("reads an empty stack");
    return values_[stack_.back()];
  }
  /// All from the last mark on, which goes.
  std::vector<Number> from_mark() {
    if (marks_.empty()) fail("takes a mark that was not set");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Number> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
  }
  std::vector<Number> last(std::size_t count) {
    std::vector<Number> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }

  void extend(Kind kind, const std::vector<Number>& items) {
    Value& to = top();
    if (to.kind != kind || (kind == Kind::kDictionary && items.size() % 2 != 0))
      fail("adds items to another kind of value");
    to.items.insert(to.items.end(), items.begin(), items.end());
  }

  void memoize(std::uint64_t key) {
    top();
    memo_[key] = stack_.back();
  }
  void recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) fail("reads a value that was not stored");
    stack_.push_back(found->second);
    // A program of a few bytes could else name a large value without end.
    if (stack_.size() > result_.content_.size()) fail("holds too many values");
  }

  void push_name(const std::string& name) {
    const auto* const found = std::ranges::find(kNames, std::string_view(name),
                                                [](const auto& row) { return row.first; });
    if (found == kNames.end()) fail(fmt::format("names '{}'", printable(name)));
    push({.kind = Kind::kName, .integer = found->second, .text = {}, .items = {}, .matrix = {}});
  }
  static std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return c < ' ' || c > '~'; }, '?');
    return text.substr(0, 80);
  }

  [[nodiscard]] const Value& item(const Value& sequence, std::size_t i, Kind kind) const {
    if (sequence.kind != Kind::kSequence || i >= sequence.items.size() ||
        values_[sequence.items[i]].kind != kind)
      fail("a numpy array of another form");
    return values_[sequence.items[i]];
  }

  /// numpy's two constructors.
  void construct() {
    const Value& arguments = values_[pop()];
    const Value& name = values_[pop()];
    if (name.kind != Kind::kName || name.integer == kArray) fail("calls what is no constructor");
    if (name.integer == kReconstruct) {
      if (item(arguments, 0, Kind::kName).integer != kArray) fail("makes no numpy array");
      push_kind(Kind::kMatrix);
    } else {
      const std::string_view type = item(arguments, 0, Kind::kText).text;
      if (type != "u1" && type != "|u1")
        fail(fmt::format("numpy type '{}': must be u1, bytes", printable(std::string(type))));
      push_kind(Kind::kByteType);
    }
  }

  /// An array's state: version, shape, type, whether columns come first, bytes.
  void build() {
    const Value& state = values_[pop()];
    Value& built = top();
    if (built.kind == Kind::kByteType && state.kind == Kind::kSequence) return;
    if (built.kind != Kind::kMatrix) fail("fills in what is no numpy array");
    const Value& shape = item(state, 1, Kind::kSequence);
    (void)item(state, 2, Kind::kByteType);
    if (item(state, 3, Kind::kInteger).integer != 0) fail("a numpy array of columns first");
    const std::string_view bytes = item(state, 4, Kind::kText).text;
    const std::int64_t rows = item(shape, 0, Kind::kInteger).integer;
    const std::int64_t columns = item(shape, 1, Kind::kInteger).integer;
    const auto size = static_cast<std::int64_t>(bytes.size());
    if (shape.items.size() != 2 || rows < 1 || columns < 1 || rows > size ||
        columns > size / rows || rows * columns != size)
      fail(fmt::format("an array of {} x {} with {} bytes", rows, columns, size));
    built.matrix = {static_cast<std::size_t>(rows),
                    static_cast<std::size_t>(columns),
                    {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}};
  }

  /// Carries out one operation; false: the last one.
  bool step(std::uint8_t code) {
    switch (code) {
      case '.':
        return false;
      case '(':
        marks_.push_back(stack_.size());
        break;
      case 'N':
        push_kind(Kind::kNone);
        break;
      case 0x88:  // true and false
      case 0x89:
        push_integer(code == 0x88 ? 1 : 0);
        break;
      case 'K':
        push_integer(next());
        break;
      case 'M':
        push_integer(static_cast<std::int64_t>(little_endian(2)));
        break;
      case 'J':
        push_integer(static_cast<std::int32_t>(little_endian(4)));
        break;
      case 'U':  // texts and bytes, with lengths of one byte
      case 'C':
      case 0x8c:
        push_text(text(next()));
        break;
      case 'T':  // and of four
      case 'B':
      case 'X':
        push_text(text(little_endian(4)));
        break;
      case 'c': {
        const std::string module(line());
        push_name(module + ' ' + std::string(line()));
        break;
      }
      default:
        return step_on_stack(code);
    }
    return true;
  }

  bool step_on_stack(std::uint8_t code) {
    switch (code) {
      case '}':
        push_kind(Kind::kDictionary);
        break;
      case ']':
      case ')':
        push_kind(Kind::kSequence);
        break;
      case 't':
        push_kind(Kind::kSequence, from_mark());
        break;
      case 0x85:
      case 0x86:
      case 0x87:
        push_kind(Kind::kSequence, last(code - 0x84U));
        break;
      case 'a':
        extend(Kind::kSequence, last(1));
        break;
      case 'e':
        extend(Kind::kSequence, from_mark());
        break;
      case 's':
        extend(Kind::kDictionary, last(2));
        break;
      case 'u':
        extend(Kind::kDictionary, from_mark());
        break;
      case 'q':
        memoize(next());
        break;
      case 'r':
        memoize(little_endian(4));
        break;
      case 0x94:
        memoize(memo_.size());
        break;
      case 'h':
        recall(next());
        break;
      case 'j':
        recall(little_endian(4));
        break;
      case 0x93: {
        const std::string_view name = values_[pop()].text, module = values_[pop()].text;
        push_name(std::string(module) + ' ' + std::string(name));
        break;
      }
      case 'R':
        construct();
        break;
      case 'b':
        build();
        break;
      case 0x95:  // a frame says how many bytes belong together: nothing to do
        (void)little_endian(8);
        break;
      default:
        fail(fmt::format("operation code {:#04x}", code));
    }
    return true;
  }

  void keep(Number number) const {
    const Value& dictionary = values_[number];
    if (dictionary.kind != Kind::kDictionary || !stack_.empty() || !marks_.empty())
      fail("holds no dictionary");
    for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
      const Value& key = values_[dictionary.items[i]];
      const Value& value = values_[dictionary.items[i + 1]];
      if (key.kind != Kind::kText) fail("a key that is no text");
      const std::string name(key.text);
      if (std::ranges::find(kKeys, key.text) == kKeys.end()) continue;
      if (value.kind == Kind::kMatrix) result_.matrices_[name] = value.matrix;
      if (value.kind == Kind::kSequence) keep_list(name, value.items);
    }
  }

  /// Texts or integers, whichever all of them are.
  void keep_list(const std::string& name, const std::vector<Number>& items) const {
    std::vector<std::int64_t> integers;
    std::vector<std::string_view> texts;
    for (const Number number : items) {
      const Value& value = values_[number];
      if (value.kind == Kind::kInteger) integers.push_back(value.integer);
      if (value.kind == Kind::kText) texts.push_back(value.text);
    }
    if (integers.size() == items.size()) result_.integers_[name] = std::move(integers);
    if (texts.size() == items.size()) result_.texts_[name] = std::move(texts);
  }

  PickledDictionary& result_;
  std::size_t at_ = 0;
  std::vector<Value> values_;
  std::vector<Number> stack_;
  std::vector<std::size_t> marks_;  // sizes of the stack
  std::map<std::uint64_t, Number> memo_;
};

PickledDictionary::PickledDictionary(const std::filesystem::path& path)
    : file_(path.string()), content_(read_file(path)) {
  PickleMachine(*this).run();
}

namespace {

template <class Values>
const auto& found(const Values& values, const std::string& key, const std::string& file,
                  const char* what) {
  const auto value = values.find(key);
  if (value == values.end()) throw file_error(file, key, "absent", what);
  return value->second;
}

}  // namespace

const PickledDictionary::Matrix& PickledDictionary::matrix(const std::string& key) const {
  const Matrix& value = found(matrices_, key, file_, "must be a matrix of bytes");
  if (value.rows == 0) throw file_error(file_, key, "empty", "must be a matrix of bytes");
  return value;
}

const std::vector<std::int64_t>& PickledDictionary::integers(const std::string& key) const {
  return found(integers_, key, file_, "must be a list of integers");
}

const std::vector<std::string_view>& PickledDictionary::texts(const std::string& key) const {
  return found(texts_, key, file_, "must be a list of texts");
}

}  // namespace colcomb::dataset
